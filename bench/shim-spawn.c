/*
 * Starts each of several commands in turn, round after round, and writes one line of microseconds per command into a
 * file. Interleaved, so that what the machine does meanwhile meets all of them alike. Arguments: the file, the number of
 * rounds, then the commands set apart by `--`. A command behind a `bare` runs without BASH_ENV, as outside a session.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define MAX_COMMANDS 16
#define WARM_UP 20

extern char **environ;

/* Returns the environment without BASH_ENV. */
static char **bare_environment(void) {
  size_t count = 0, kept = 0;
  while (environ[count] != NULL) count++;
  char **bare = calloc(count + 1, sizeof *bare);
  for (size_t i = 0; i < count; i++) {
    if (strncmp(environ[i], "BASH_ENV=", 9) != 0) bare[kept++] = environ[i];
  }
  return bare;
}

static double now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  int rounds = atoi(argv[2]), count = 0;
  char **commands[MAX_COMMANDS], **environments[MAX_COMMANDS], **bare = bare_environment();
  double *times[MAX_COMMANDS];
  for (int at = 3; at < argc && count < MAX_COMMANDS; count++) {
    environments[count] = strcmp(argv[at], "bare") == 0 ? bare : environ;
    if (environments[count] == bare) at++;
    commands[count] = argv + at;
    times[count] = malloc(sizeof(double) * (size_t)rounds);
    while (at < argc && strcmp(argv[at], "--") != 0) at++;
    if (at < argc) argv[at++] = NULL;
  }
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
  for (int round = -WARM_UP; round < rounds; round++) {
    for (int i = 0; i < count; i++) {
      int status;
      pid_t pid;
      double began = now_us();
      if (posix_spawn(&pid, commands[i][0], &quiet, NULL, commands[i], environments[i]) != 0) return 3;
      if (waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr, "%s ended with status %d\n", commands[i][0], status);
        return 3;
      }
      if (round >= 0) times[i][round] = now_us() - began;
    }
  }
  FILE *out = fopen(argv[1], "w");
  if (out == NULL) return 4;
  for (int i = 0; i < count; i++) {
    for (int round = 0; round < rounds; round++) fprintf(out, "%s%.1f", round == 0 ? "" : " ", times[i][round]);
    fprintf(out, "\n");
  }
  return fclose(out) == 0 ? 0 : 4;
}
