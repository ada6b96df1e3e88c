/* The way to a daemon that can be trusted: connect, start it when there is none, check who it is; or say why not. */

enum reach { REACHED, IN_SANDBOX, OUT_OF_REACH };

/*
 * Returns whether we are inside an agent's own sandbox, which forbids this process to talk to the daemon. Three things
 * must agree. The kernel said EPERM, which for socket(2) and connect(2) comes from a security filter and never from a
 * file's mode (that is EACCES: a changed mode must not open the way). A filter is really in force (on Linux; the EPERM
 * is all that macOS tells). And the environment carries the sandbox's own mark. Then the program runs unasked and
 * unmentioned: the sandbox bounds it, and the supervisor, where there is one, meets it outside.
 */
static bool is_sandboxed(char *const *env) {
  static const char *const marks[] = {
      "CODEX_SANDBOX", "CODEX_SANDBOX_NETWORK_DISABLED", /* Codex CLI: Seatbelt; Linux */
      "SANDBOX_RUNTIME",                                 /* Anthropic's sandbox-runtime: Claude Code */
      NULL};
  bool marked = false;
  for (const char *const *mark = marks; *mark != NULL; mark++) marked = marked || value_of(env, *mark) != NULL;
  if (!marked) return false;
#ifdef __linux__
  char status[8192]; /* proc_pid_status(5): "Seccomp:\t2" is filter mode */
  int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  ssize_t n = read(fd, status, sizeof status - 1);
  close(fd);
  status[n < 0 ? 0 : n] = 0;
  for (const char *line = status; *line != 0; line++) {
    if (starts_with(line, "\nSeccomp:\t2")) return true;
  }
  return false;
#else
  return true;
#endif
}

/*
 * Starts the daemon, in a session of its own and as nobody's child: the program that we become must not find a child
 * that it never made. The agent's pipes are closed, or whoever reads them would wait for the daemon's end. What would
 * make the daemon's own programs ask it, or load the agent's code into it, is left out of its environment.
 */
static bool start_daemon(const char *program, char *const *env) {
  static const char *const dropped[] = {"BELAY_SESSION", "NODE_OPTIONS", "LD_PRELOAD", "LD_AUDIT",
                                        "LD_LIBRARY_PATH", "BASH_ENV",   "ENV",        NULL};
  if (program == NULL || *program != '/' || access(program, X_OK) != 0) return false;
  size_t count = 0;
  while (env[count] != NULL) count++;
  char **clean = mmap(NULL, (count + 1) * sizeof *clean, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (clean == MAP_FAILED) return false;
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    bool drop = false;
    for (const char *const *name = dropped; *name != NULL; name++) {
      drop = drop || (starts_with(env[i], *name) && env[i][strlen(*name)] == '=');
    }
    if (!drop) clean[kept++] = env[i];
  }
  pid_t between = fork();
  if (between < 0) return false;
  if (between > 0) {
    while (waitpid(between, NULL, 0) < 0 && errno == EINTR) continue;
    return true;
  }
  setsid();
  if (fork() != 0) _exit(0);
  int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; fd++) dup2(null, fd);
  close_the_rest();
  if (chdir("/") != 0) _exit(1);
  char *argv[] = {(char *)program, NULL};
  execve(program, argv, clean);
  _exit(127);
}

/* Connects `wire` to the daemon within START_MS. Not reached, `why` says so in words. */
static enum reach reach(char *const *env, const char **why) {
  const char *path = value_of(env, "BELAY_SOCKET");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (path == NULL || *path == 0) {
    *why = "BELAY_SOCKET is not set";
    return OUT_OF_REACH;
  }
  if (strlen(path) >= sizeof address.sun_path) {
    *why = "the path in BELAY_SOCKET is too long for a socket";
    return OUT_OF_REACH;
  }
  memcpy(address.sun_path, path, strlen(path) + 1);
  bool started = false;
  int64_t deadline = 0;
  for (;;) {
    int fd = open_socket();
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0) {
      wire.fd = fd;
      wire.at = wire.end = 0;
      if (peer_is_us(fd)) return REACHED;
      close(fd);
      *why = "the socket in BELAY_SOCKET is served by another user";
      return OUT_OF_REACH;
    }
    int error = errno;
    if (fd >= 0) close(fd);
    if (error == EPERM && is_sandboxed(env)) return IN_SANDBOX;
    bool nobody = error == ENOENT || error == ECONNREFUSED;
    *why = error_text(error);
    if (!nobody && error != EAGAIN && error != EINTR) return OUT_OF_REACH;
    if (nobody && !started) {
      started = start_daemon(value_of(env, "BELAY_START"), env);
      if (!started) {
        *why = "no daemon is running, and BELAY_START does not name a program that starts one";
        return OUT_OF_REACH;
      }
    }
    if (deadline == 0) deadline = now_ms() + START_MS;
    if (now_ms() >= deadline) {
      if (started) *why = "the daemon did not start within 5 seconds";
      return OUT_OF_REACH;
    }
    sleep_ms(RETRY_MS);
  }
}
