/*
 * What the shim needs of the system. On Linux (x86_64, aarch64) it brings its own system calls and no C library; elsewhere,
 * and with -DSHIM_LIBC (for sanitizers), the same source compiles against the C library. Differences end in this file.
 */
#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__)) && !defined(SHIM_LIBC)
#define SHIM_FREESTANDING 1
#include "sys-linux.h"
#else
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/auxv.h>
#include <sys/prctl.h>
#elif defined(__APPLE__)
#include <mach-o/dyld.h>
#endif

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

static int shim(int argc, char **argv, char **env, const char *executed);

extern char **environ;

int main(int argc, char **argv) {
  const char *executed = "";
#if defined(__linux__)
  executed = (const char *)getauxval(AT_EXECFN);
#elif defined(__APPLE__)
  static char path[4096];
  uint32_t size = sizeof path;
  if (_NSGetExecutablePath(path, &size) == 0) executed = path;
#endif
  return shim(argc, argv, environ, executed == NULL ? "" : executed);
}
#endif

/* Returns a stream socket that a write to a closed peer does not kill us by, non-blocking, closed on exec; or -1. */
static int open_socket(void) {
#ifdef __linux__
  return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
#else
  int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd < 0) return -1;
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  fcntl(fd, F_SETFL, O_NONBLOCK);
#ifdef SO_NOSIGPIPE
  int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
  return fd;
#endif
}

/* Returns whether the kernel says that the other end of `fd` was opened by our own user. */
static bool peer_is_us(int fd) {
#ifdef __linux__
  struct ucred peer;
  socklen_t size = sizeof peer;
  return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == geteuid();
#else
  uid_t uid;
  gid_t gid;
  return getpeereid(fd, &uid, &gid) == 0 && uid == geteuid();
#endif
}

/* Returns whether a process sent this signal, and not the terminal or the kernel: sigaction(2). */
static bool sent_by_process(const siginfo_t *info) {
#ifdef __linux__
  return info->si_code <= 0;
#else
  return info->si_pid != 0;
#endif
}

/* Opens a pipe whose ends are closed on exec. Returns 0 or -1. */
static int open_pipe(int ends[2]) {
#ifdef __linux__
  return pipe2(ends, O_CLOEXEC);
#else
  if (pipe(ends) != 0) return -1;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  return 0;
#endif
}

/* Closes everything but stdin, stdout and stderr, so that a daemon holds none of the caller's pipes open. */
static void close_the_rest(void) {
#ifdef SHIM_FREESTANDING
  if (call(NR_close_range, 3, 0xffffffffl, 0, 0, 0, 0) == 0) return;
#endif
  for (int fd = 3; fd < 4096; fd++) close(fd);
}

/* Asks the kernel to kill this process when its parent dies, where the kernel can. */
static void die_with_parent(pid_t parent) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (getppid() != parent) _exit(1);
}

/* Turns core dumps off for this process: the program that really crashed has left its own. */
static void leave_no_core(void) {
#ifdef __linux__
  prctl(PR_SET_DUMPABLE, 0);
#endif
}

/* Returns the milliseconds of a clock that only goes forward. */
static int64_t now_ms(void) {
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void sleep_ms(int ms) {
  struct timespec wait = {ms / 1000, (long)(ms % 1000) * 1000000};
  nanosleep(&wait, NULL);
}
