/* Words: comparing them, finding them in the environment, putting them together, saying them on stderr. */

#define BROKEN_EXIT 1 /* never 126 or 127: an agent rewords those, and its model then tries chmod */

static bool starts_with(const char *text, const char *start) {
  size_t n = strlen(start);
  for (size_t i = 0; i < n; i++) {
    if (text[i] != start[i]) return false; /* a shorter text ends in a NUL, which differs */
  }
  return true;
}

static const char *base_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash + 1;
}

/* Returns the value of `name` in `env`, or NULL. */
static const char *value_of(char *const *env, const char *name) {
  size_t n = strlen(name);
  for (; *env != NULL; env++) {
    if (starts_with(*env, name) && (*env)[n] == '=') return *env + n + 1;
  }
  return NULL;
}

static bool is_one_of(const char *word, const char *const *list) {
  for (; *list != NULL; list++) {
    if (strcmp(word, *list) == 0) return true;
  }
  return false;
}

/* A text of limited length under construction. What does not fit is left out and `cut` set. */
struct text {
  char *at;
  size_t length, room;
  bool cut;
};

static void add(struct text *text, const char *bytes, size_t n) {
  if (n > text->room - text->length) {
    text->cut = true;
    return;
  }
  memcpy(text->at + text->length, bytes, n);
  text->length += n;
}

static void add_word(struct text *text, const char *word) { add(text, word, strlen(word)); }

static void add_number(struct text *text, uint64_t number) {
  char digits[20];
  size_t first = sizeof digits;
  do digits[--first] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  add(text, digits + first, sizeof digits - first);
}

/* Writes all of it, come what may. A stderr that takes nothing is the caller's own choice. */
static void write_all(int fd, const char *bytes, size_t n) {
  while (n > 0) {
    ssize_t wrote = write(fd, bytes, n);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0 && errno == EAGAIN) { /* an agent's stderr may be a socket that does not block */
      struct pollfd ready = {fd, POLLOUT, 0};
      poll(&ready, 1, 1000);
      continue;
    }
    if (wrote <= 0) return;
    bytes += wrote;
    n -= (size_t)wrote;
  }
}

/* Says the words, up to a NULL, on stderr in one write. */
static void say(const char *first, ...) {
  char room[2048];
  struct text line = {room, 0, sizeof room, false};
  va_list words;
  va_start(words, first);
  for (const char *word = first; word != NULL; word = va_arg(words, const char *)) add_word(&line, word);
  va_end(words);
  write_all(2, room, line.length);
}

/* Returns words for the few system errors that a person can do something about. */
static const char *error_text(int error) {
  switch (error) {
    case EPERM: return "operation not permitted (EPERM)";
    case ENOENT: return "no such file (ENOENT)";
    case EACCES: return "permission denied (EACCES)";
    case ECONNREFUSED: return "nobody listens there (ECONNREFUSED)";
    case ENOTSOCK: case EPROTOTYPE: return "it is not a stream socket";
    case EAGAIN: return "it takes no more connections (EAGAIN)";
    case E2BIG: return "the arguments are too long (E2BIG)";
    default: return "an unexpected system error";
  }
}
