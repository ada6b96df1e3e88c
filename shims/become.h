/* Running the real program in our place: what is changed on the way, and what happens when it can't be run. */

/*
 * Python finds out where it is installed, and whether in a virtual environment, by looking its argv[0] up in PATH (getpath.py),
 * where it would find us. With the path of the program in argv[0], as #! gives it, it looks there.
 */
static void name_by_path(const char *name, char *path, char **argv) {
  if (argv[0] != NULL && (starts_with(name, "python") || starts_with(name, "pypy"))) argv[0] = path;
}

static char asked[sizeof "BELAY_ASKED=" + 20]; /* empty until it is to be passed on */

/*
 * Returns the environment for a bash or zsh whose line was judged just now. It reads BASH_ENV or $ZDOTDIR/.zshenv next, where
 * a session's start-up file has the line judged unless BELAY_ASKED holds this very process's id; it is set nowhere else.
 */
static char **mark_asked(const char *name, char **env) {
  const char *startup = strcmp(name, "bash") == 0 ? "BASH_ENV" : strcmp(name, "zsh") == 0 ? "ZDOTDIR" : NULL;
  if (startup == NULL || value_of(env, startup) == NULL) return env;
  size_t count = 0, kept = 0;
  while (env[count] != NULL) count++;
  char **marked = mmap(NULL, (count + 2) * sizeof *marked, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (marked == MAP_FAILED) return env;
  for (size_t i = 0; i < count; i++) {
    if (!starts_with(env[i], "BELAY_ASKED=")) marked[kept++] = env[i];
  }
  marked[kept] = asked;
  asked[0] = 'B';
  return marked;
}

/* Puts the id of the process that is about to become the shell into the mark: a watched one is our child. */
static void write_asked(void) {
  if (asked[0] == 0) return;
  struct text mark = {asked, 0, sizeof asked - 1, false};
  add_word(&mark, "BELAY_ASKED=");
  add_number(&mark, (uint64_t)getpid());
  asked[mark.length] = 0;
}

/* Runs `path` in our place. Returns only when that failed, with the exit status that a shell would give. */
static int become(const char *path, char **argv, char **env) {
  write_asked();
  execve(path, argv, env);
  int error = errno;
  if (error == ENOEXEC) { /* a script without #! runs by sh, as execvp(3) and every shell do */
    size_t count = 0;
    while (argv[count] != NULL) count++;
    char **longer = mmap(NULL, (count + 3) * sizeof *longer, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (longer != MAP_FAILED) {
      longer[0] = "/bin/sh";
      longer[1] = (char *)path;
      for (size_t i = 1; i < count; i++) longer[i + 1] = argv[i]; /* the rest of the pages is zero: the NULL */
      execve(longer[0], longer, env);
      error = errno;
    }
  }
  say("belay: can't run ", path, ": ", error_text(error), "\n", NULL);
  return error == ENOENT ? 127 : 126;
}
