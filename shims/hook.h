/*
 * Git's hooks: the same client under a hook's name, asked by git. It sends the hook's arguments and, for the hooks that are
 * told on stdin, what stood there; then runs the repository's own hook with the same arguments and the same stdin.
 */

#define MAX_STDIN_BYTES 524288
#define PIPE_BYTES 4096 /* what a pipe takes for certain without a reader: limits.h, PIPE_BUF */

/* Those that git calls on the side that works, and that can judge or tell: githooks(5), git 2.39 to 2.51. */
static const char *const hook_names[] = {
    "applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit",    "pre-merge-commit", "prepare-commit-msg",
    "commit-msg",     "post-commit",    "pre-rebase",      "post-checkout", "post-merge",       "pre-push",
    "pre-auto-gc",    "post-rewrite",   "sendemail-validate", "reference-transaction", NULL};

static const char *const hooks_with_stdin[] = {"pre-push", "reference-transaction", "post-rewrite", NULL};

/* Reads stdin to its end or to `room` bytes. Returns the number, and in `more` whether some may be left unread. */
static size_t read_stdin(char *to, size_t room, bool *more) {
  size_t length = 0;
  while (length < room) {
    ssize_t n = read(0, to + length, room - length);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      *more = false;
      return length;
    }
    length += (size_t)n;
  }
  *more = true;
  return length;
}

/* Makes stdin give `length` bytes again, and then whatever the old one still holds. Returns whether it could. */
static bool replay_stdin(const char *bytes, size_t length, bool more) {
  int ends[2];
  if (open_pipe(ends) != 0) return false;
  if (length <= PIPE_BYTES && !more) {
    write_all(ends[1], bytes, length);
  } else {
    pid_t between = fork(); /* twice, so that the hook finds no child that it never made */
    if (between < 0) return false;
    if (between == 0) {
      if (fork() != 0) _exit(0);
      close(ends[0]);
      write_all(ends[1], bytes, length);
      static char rest[4096];
      for (;;) {
        ssize_t n = more ? read(0, rest, sizeof rest) : 0;
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) _exit(0);
        write_all(ends[1], rest, (size_t)n);
      }
    }
    while (waitpid(between, NULL, 0) < 0 && errno == EINTR) continue;
  }
  close(ends[1]);
  return dup2(ends[0], 0) == 0;
}

/* Finds the repository's own hook where git would look without us: $GIT_DIR/hooks, in a linked worktree the main one's. */
static bool find_own_hook(const char *name, char *const *env, char path[MAX_PATH_BYTES]) {
  const char *folder = value_of(env, "GIT_DIR");
  if (folder == NULL) folder = ".git";
  char common[MAX_PATH_BYTES];
  struct text at = {common, 0, sizeof common - 1, false};
  add_word(&at, folder);
  add_word(&at, "/commondir"); /* gitrepository-layout(5): a path, relative to $GIT_DIR, and a newline */
  common[at.length] = 0;
  int fd = at.cut ? -1 : open(common, O_RDONLY | O_CLOEXEC);
  ssize_t n = 0;
  if (fd >= 0) {
    n = read(fd, common, sizeof common - 1);
    close(fd);
    while (n > 0 && common[n - 1] == '\n') n--;
    common[n < 0 ? 0 : n] = 0;
  }
  struct text own = {path, 0, MAX_PATH_BYTES, false};
  if (n <= 0 || common[0] != '/') {
    add_word(&own, folder);
    add_word(&own, "/");
  }
  if (n > 0) {
    add_word(&own, common);
    add_word(&own, "/");
  }
  add_word(&own, "hooks/");
  add_word(&own, name);
  add(&own, "", 1);
  struct stat file;
  return !own.cut && stat(path, &file) == 0 && S_ISREG(file.st_mode) && access(path, X_OK) == 0;
}
