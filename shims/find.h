/* The real program behind a shim's name: the first of that name in PATH that is no shim. */

#define MAX_PATH_BYTES 4096
#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define SHIM_FILE "belay-shim" /* and belay-shim.sh: what every link in a shim folder points to */

/* Who we are, so that a search can pass us by. */
struct self {
  struct stat file;
  bool has_file;
};

static struct self know_self(const char *executed) {
  struct self self = {.has_file = stat(executed, &self.file) == 0};
#ifdef __linux__
  if (!self.has_file) self.has_file = stat("/proc/self/exe", &self.file) == 0; /* started by descriptor */
#endif
  return self;
}

/*
 * Returns the name we stand for. The path of the executable says it, not argv[0], which the caller may set to anything
 * (`-bash` for a login shell). Started by descriptor or by our own name there is only argv[0].
 */
static const char *called_as(const char *executed, const char *argv0) {
  const char *name = base_name(executed);
  if (*name != 0 && !starts_with(name, SHIM_FILE) && !starts_with(executed, "/dev/fd/")) return name;
  name = base_name(argv0);
  return *name == '-' ? name + 1 : name;
}

/* Returns whether `path` is a shim: ourselves, or a link of another copy of Belay. Two copies would call each other for ever. */
static bool is_shim(const struct self *self, const char *path, const struct stat *file) {
  if (self->has_file && file->st_dev == self->file.st_dev && file->st_ino == self->file.st_ino) return true;
  char target[MAX_PATH_BYTES];
  ssize_t n = readlink(path, target, sizeof target - 1);
  if (n <= 0) return false;
  target[n] = 0;
  return starts_with(base_name(target), SHIM_FILE);
}

/* Finds `name` in PATH, past every shim. Returns whether it was found; then `found` holds its path. */
static bool find_program(const struct self *self, const char *name, char *const *env, char found[MAX_PATH_BYTES]) {
  const char *path = value_of(env, "PATH");
  if (path == NULL) path = DEFAULT_PATH;
  if (*name == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) return false;
  for (;;) {
    size_t folder = 0;
    while (path[folder] != 0 && path[folder] != ':') folder++;
    struct text candidate = {found, 0, MAX_PATH_BYTES, false};
    if (folder == 0) add_word(&candidate, "."); /* an empty element is the current folder: POSIX.1-2024, 8.3 */
    add(&candidate, path, folder);
    add_word(&candidate, "/");
    add_word(&candidate, name);
    add(&candidate, "", 1);
    struct stat file;
    if (!candidate.cut && stat(found, &file) == 0 && S_ISREG(file.st_mode) && access(found, X_OK) == 0 &&
        !is_shim(self, found, &file)) {
      return true;
    }
    if (path[folder] == 0) return false;
    path += folder + 1;
  }
}
