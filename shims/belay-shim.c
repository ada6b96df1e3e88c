/*
 * Belay's shim. You found it in PATH in the place of another program: it asks the Belay daemon whether that program may run
 * with these arguments, and then becomes it, or says why not. Outside a guarded session it becomes the program at once.
 *
 *   called as NAME ─ find the real NAME in PATH ─ not guarded? ───────────────────────────────▶ become it
 *                                               └ ask: argv, cwd, env ─▶ daemon ─▶ ALOW ──────▶ become it
 *                                                            ▲                     WTCH ──────▶ run it, report its end
 *                                                            └── HELD, NOTE: wait  DENY ──────▶ exit 1
 *                                                                                  no verdict ▶ exit 1, in other words
 *
 * It never judges and never parses a command. It reads stdin only under the name of a git hook that is told there. It changes
 * nothing of the environment. Killed, it takes its request with it: the daemon sees the connection close.
 */
#include "sys.h"
/* in this order */
#include "text.h"
#include "find.h"
#include "become.h"
#include "wire.h"
#include "reach.h"
#include "watch.h"
#include "hook.h"

#define MAX_LOSSES 5 /* of the connection, for one question: a daemon that dies of it is not asked for ever */
#define LOSS_PAUSE_MS 20

enum answer { RUN, RUN_WATCHED, REFUSED, NOT_ASKED, NO_VERDICT };

/* Lays cwd, path, arguments and environment into the blob, leaving `reserve` bytes free behind them. */
static void lay_out(struct question *question, const char *path, char **argv, char **env, size_t reserve) {
  struct text blob = {outgoing + BLOB_AT, 0, MAX_BLOB_BYTES - reserve, false};
  char cwd[MAX_PATH_BYTES];
  if (getcwd(cwd, sizeof cwd) == NULL) cwd[0] = 0;
  add(&blob, cwd, strlen(cwd) + 1);
  add(&blob, path, strlen(path) + 1);
  for (; *argv != NULL && !blob.cut; argv++) {
    add(&blob, *argv, strlen(*argv) + 1);
    if (!blob.cut) question->argc++;
  }
  question->truncated = blob.cut; /* a missing argument ends the list; a missing variable only itself */
  for (; *env != NULL; env++) {
    blob.cut = false;
    add(&blob, *env, strlen(*env) + 1);
    if (blob.cut) question->truncated = true;
    else question->envc++;
  }
  question->blob_length = blob.length;
}

/*
 * Asks until there is an answer. Until the first word from the daemon ten seconds may pass; once it has said that the
 * request is held, there is no limit but the caller's patience. A daemon that dies meanwhile is started and asked again.
 */
static enum answer ask(const struct question *question, char *const *env, struct text *kept, const char **why) {
  bool again = false;
  for (int losses = 0; losses < MAX_LOSSES; losses++) {
    if (losses > 0) sleep_ms(losses * LOSS_PAUSE_MS);
    enum reach reached = reach(env, why);
    if (reached == IN_SANDBOX) return NOT_ASKED;
    if (reached == OUT_OF_REACH) return NO_VERDICT;
    int64_t deadline = now_ms() + FIRST_ANSWER_MS;
    enum heard heard = send_question(wire.fd, question, again, deadline);
    while (heard == HEARD) {
      char type[5];
      kept->length = 0;
      heard = read_answer(type, kept, deadline);
      if (heard != HEARD) break;
      if (strcmp(type, "ALOW") == 0) return RUN;
      if (strcmp(type, "WTCH") == 0) return RUN_WATCHED;
      if (strcmp(type, "DENY") == 0) return REFUSED;
      deadline = 0;
    }
    close(wire.fd);
    again = true;
    *why = "the daemon closed the connection again and again without an answer";
    if (heard == LATE) *why = "the daemon did not answer within 10 seconds";
    if (heard == GARBLED) *why = "the daemon's answer could not be read: it may be of another version";
    if (heard != LOST) return NO_VERDICT;
  }
  return NO_VERDICT;
}

/* Returns whether the person who started the session wants commands to run when Belay is broken. */
static bool fails_open(char *const *env, const char *name, const char *why) {
  const char *wish = value_of(env, "BELAY_FAIL");
  if (wish == NULL || strcmp(wish, "open") != 0) return false;
  say("belay: ", name, " runs without a verdict, as BELAY_FAIL=open asks: ", why, ".\n", NULL);
  return true;
}

static int refuse_as_broken(const char *name, const char *why) {
  say("belay: ", name, " was not run. Nothing is wrong with the command: Belay itself is not working, so it could not be"
      " judged (", why, ").\nbelay: Tell the person you work for; `belay doctor` in their own terminal says what is"
      " wrong.\n", NULL);
  return BROKEN_EXIT;
}

/* The shim under a program's name. */
static int run_program(const struct self *self, const char *name, char **argv, char **env) {
  static char path[MAX_PATH_BYTES];
  if (!find_program(self, name, env, path)) {
    say(name, ": command not found\n", NULL);
    return 127;
  }
  if (value_of(env, "BELAY_SESSION") == NULL) {
    name_by_path(name, path, argv);
    return become(path, argv, env);
  }
  struct question question = {.type = "EXEC"};
  lay_out(&question, path, argv, env, 0);
  char room[MAX_PATH_BYTES];
  struct text kept = {room, 0, sizeof room, false};
  const char *why = "";
  enum answer answer = ask(&question, env, &kept, &why);
  name_by_path(name, path, argv);
  if (answer == RUN || answer == RUN_WATCHED) env = mark_asked(name, env);
  switch (answer) {
    case RUN: case NOT_ASKED: return become(path, argv, env);
    case RUN_WATCHED: return run_watched(path, argv, env);
    case REFUSED: return 1;
    case NO_VERDICT: break;
  }
  return fails_open(env, name, why) ? become(path, argv, env) : refuse_as_broken(name, why);
}

/*
 * The shim as `belay-line -c TEXT`: a shell's start-up file asks whether the shell that it is in may run a line that it was
 * given past the shims. The answer is the exit status; the shell is our parent.
 */
static int judge_line(const struct self *self, int argc, char **argv, char **env) {
  static char path[MAX_PATH_BYTES];
  if (argc < 3 || strcmp(argv[1], "-c") != 0) {
    say("usage: belay-line -c TEXT\n", NULL);
    return 2;
  }
  if (value_of(env, "BELAY_SESSION") == NULL) return 0;
  if (!find_program(self, "bash", env, path)) path[0] = 0;
  struct question question = {.type = "EXEC", .is_line = true};
  char *shell[] = {"bash", "-c", argv[2], NULL};
  lay_out(&question, path, shell, env, 0);
  struct text kept = {NULL, 0, 0, false};
  const char *why = "";
  switch (ask(&question, env, &kept, &why)) {
    case RUN: case RUN_WATCHED: case NOT_ASKED: return 0;
    case REFUSED: return 1;
    case NO_VERDICT: break;
  }
  return fails_open(env, "the line", why) ? 0 : refuse_as_broken("the line", why);
}

/*
 * The shim under a git hook's name. Without a verdict only pre-push stands in the way: what it lets out can't be had back,
 * while the others could only keep git from finishing what was begun.
 */
static int run_hook(const char *name, char **argv, char **env) {
  static char path[MAX_PATH_BYTES];
  struct text kept = {path, 0, sizeof path - 1, false};
  struct question question = {.type = "HOOK"};
  bool guarded = value_of(env, "BELAY_SESSION") != NULL;
  bool more = false, own = false;
  char *stdin_bytes = outgoing + sizeof outgoing - MAX_STDIN_BYTES; /* the far end, until the blob's length is known */
  bool was_read = guarded && is_one_of(name, hooks_with_stdin);
  const char *why = "";
  if (was_read) question.stdin_length = read_stdin(stdin_bytes, MAX_STDIN_BYTES, &more);
  if (guarded) {
    lay_out(&question, "", argv, env, was_read ? MAX_STDIN_BYTES : 0);
    char *behind = outgoing + BLOB_AT + question.blob_length;
    memmove(behind, stdin_bytes, question.stdin_length);
    stdin_bytes = behind;
    question.blob_length += question.stdin_length;
    question.truncated = question.truncated || more;
  }
  switch (guarded ? ask(&question, env, &kept, &why) : NOT_ASKED) {
    case RUN:
      path[kept.length] = 0;
      own = kept.length > 0;
      break;
    case REFUSED: return 1;
    case RUN_WATCHED: /* not an answer to a hook: the daemon is of another version */
      why = "the daemon's answer could not be read: it may be of another version";
      /* fall through */
    case NO_VERDICT:
      if (strcmp(name, "pre-push") == 0 && !fails_open(env, name, why)) return refuse_as_broken(name, why);
      /* fall through */
    case NOT_ASKED: own = find_own_hook(name, env, path); break;
  }
  if (!own) return 0;
  if (was_read && !replay_stdin(stdin_bytes, question.stdin_length, more)) return refuse_as_broken(name, "no pipe");
  argv[0] = path;
  return become(path, argv, env);
}

static int shim(int argc, char **argv, char **env, const char *executed) {
  static char *nothing[] = {"", NULL};
  if (argc < 1) argv = nothing; /* execve(2) allows it, up to Linux 5.18 */
  struct self self = know_self(executed);
  const char *name = called_as(executed, argv[0]);
  if (is_one_of(name, hook_names)) return run_hook(name, argv, env);
  if (strcmp(name, "belay-line") == 0) return judge_line(&self, argc, argv, env);
  return run_program(&self, name, argv, env);
}
