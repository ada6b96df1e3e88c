/*
 * Running the program as a child, so that the daemon learns how it ended, with nothing else to be seen of it: same process
 * group, same terminal, same signals, same stops, same end. What the terminal sends reaches the child by the group; what a
 * process sends to us alone is passed on, as sudo(8) does.
 */

static volatile pid_t watched;

static void pass_on(int signal, siginfo_t *info, void *context) {
  (void)context;
  int error = errno;
  if (sent_by_process(info) && info->si_pid != watched) kill(watched, signal);
  errno = error;
}

static void set_default(int signal) {
  struct sigaction action = {.sa_handler = SIG_DFL};
  sigaction(signal, &action, NULL);
}

/* Sends ourselves `signal` with its default effect, even when it was blocked or is being passed on. */
static void suffer(int signal) {
  struct sigaction before = {.sa_handler = SIG_DFL}; /* of SIGSTOP and SIGKILL there is nothing to be known */
  sigset_t one;
  sigaction(signal, NULL, &before);
  set_default(signal);
  sigemptyset(&one);
  sigaddset(&one, signal);
  sigprocmask(SIG_UNBLOCK, &one, NULL);
  kill(getpid(), signal);
  sigaction(signal, &before, NULL); /* here again after a stop */
}

/* Runs `path`, tells the daemon its end, and returns its exit status, or dies by the signal that it died by. */
static int run_watched(const char *path, char **argv, char **env) {
  static const int passed_on[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM,
                                  SIGTERM, SIGCONT, SIGTSTP, SIGWINCH};
  sigset_t all, before;
  struct sigaction child_before, action = {.sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART};
  struct sigaction plain = {.sa_handler = SIG_DFL};
  sigfillset(&all);
  sigfillset(&action.sa_mask);
  sigprocmask(SIG_SETMASK, &all, &before);
  sigaction(SIGCHLD, &plain, &child_before); /* were it ignored, the child's status would be lost: wait(2) */
  pid_t us = getpid();
  watched = fork();
  if (watched == 0) {
    die_with_parent(us); /* kill -9 must reach the program, as it would without us */
    sigaction(SIGCHLD, &child_before, NULL);
    sigprocmask(SIG_SETMASK, &before, NULL);
    _exit(become(path, argv, env));
  }
  if (watched < 0) {
    sigprocmask(SIG_SETMASK, &before, NULL);
    say("belay: can't start ", path, ": ", error_text(errno), "\n", NULL);
    return BROKEN_EXIT;
  }
  for (size_t i = 0; i < sizeof passed_on / sizeof *passed_on; i++) {
    struct sigaction now;
    sigaction(passed_on[i], NULL, &now);
    if (now.sa_handler != SIG_IGN) sigaction(passed_on[i], &action, NULL); /* nohup's HUP stays ignored by both */
  }
  sigprocmask(SIG_SETMASK, &before, NULL);
  int status = 0;
  for (;;) {
    pid_t changed = waitpid(watched, &status, WUNTRACED);
    if (changed < 0 && errno == EINTR) continue;
    if (changed < 0) return BROKEN_EXIT;
    if (!WIFSTOPPED(status)) break;
    suffer(WSTOPSIG(status));
    kill(watched, SIGCONT);
  }
  if (WIFEXITED(status)) {
    send_outcome("exit", WEXITSTATUS(status));
    return WEXITSTATUS(status);
  }
  send_outcome("signal", WTERMSIG(status));
  leave_no_core();
  suffer(WTERMSIG(status));
  return 128 + WTERMSIG(status); /* the first process of a container does not die by a default: signal(7) */
}
