/*
 * The socket: reaching the daemon (starting it when there is none), sending a question, reading the answers.
 * The frames are those of src/protocol/frame.ts. Nothing is allocated, every length is checked before it is used.
 */

#define MAX_FRAME_BYTES 1048576
#define PREFIX_BYTES 16
#define MAX_HEADER_BYTES 256
#define FIRST_ANSWER_MS 10000
#define START_MS 5000
#define RETRY_MS 10

/* A question is built once, and may be sent again. The blob lies behind room for the largest prefix and header. */
struct question {
  const char *type;
  uint64_t argc, envc, stdin_length;
  bool truncated, is_line;
  size_t blob_length;
};

#define BLOB_AT (PREFIX_BYTES + MAX_HEADER_BYTES)
#define MAX_BLOB_BYTES (MAX_FRAME_BYTES - MAX_HEADER_BYTES)
static char outgoing[BLOB_AT + MAX_BLOB_BYTES];

/* Frames from the daemon are read through this; a text goes on to stderr as it comes and is never held whole. */
struct wire {
  int fd;
  size_t at, end;
  char bytes[16384];
};
static struct wire wire;

enum heard { HEARD, LOST, LATE, GARBLED };

static void put_le32(char *at, size_t number) {
  for (int i = 0; i < 4; i++) at[i] = (char)(number >> (8 * i));
}

static uint64_t get_le32(const char *at) {
  uint64_t number = 0;
  for (int i = 3; i >= 0; i--) number = number << 8 | (unsigned char)at[i];
  return number;
}

/* Writes a prefix at `at`. */
static void put_prefix(char *at, const char *type, size_t header, size_t blob) {
  memcpy(at, "BLY1", 4);
  memcpy(at + 4, type, 4);
  put_le32(at + 8, header);
  put_le32(at + 12, blob);
}

/* Waits until `fd` is ready. Returns false when the deadline (0: none) has passed. */
static bool wait_ready(int fd, short events, int64_t deadline) {
  for (;;) {
    int64_t left = deadline == 0 ? -1 : deadline - now_ms();
    if (deadline != 0 && left <= 0) return false;
    struct pollfd ready = {fd, events, 0};
    int count = poll(&ready, 1, (int)left);
    if (count > 0 || (count < 0 && errno != EINTR)) return true; /* an error shows itself at the next call */
  }
}

/* Sends all `n` bytes. Returns HEARD when they are on their way. */
static enum heard send_all(int fd, const char *bytes, size_t n, int64_t deadline) {
  while (n > 0) {
    ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
    if (sent > 0) {
      bytes += sent;
      n -= (size_t)sent;
    } else if (sent < 0 && errno == EAGAIN) {
      if (!wait_ready(fd, POLLOUT, deadline)) return LATE;
    } else if (sent == 0 || errno != EINTR) {
      return LOST;
    }
  }
  return HEARD;
}

/* Sends the question. `again` marks one that an earlier daemon may know. */
static enum heard send_question(int fd, const struct question *question, bool again, int64_t deadline) {
  char room[MAX_HEADER_BYTES];
  struct text header = {room, 0, sizeof room, false};
  add_word(&header, "{\"v\":1,\"shim\":1,\"pid\":");
  add_number(&header, (uint64_t)getpid());
  add_word(&header, ",\"ppid\":");
  add_number(&header, (uint64_t)getppid());
  add_word(&header, ",\"argc\":");
  add_number(&header, question->argc);
  add_word(&header, ",\"envc\":");
  add_number(&header, question->envc);
  if (strcmp(question->type, "HOOK") == 0) {
    add_word(&header, ",\"stdinLength\":");
    add_number(&header, question->stdin_length);
  }
  if (question->is_line) add_word(&header, ",\"line\":1");
  add_word(&header, question->truncated ? ",\"truncated\":1" : ",\"truncated\":0");
  add_word(&header, again ? ",\"again\":1}" : "}");
  char *start = outgoing + BLOB_AT - header.length - PREFIX_BYTES;
  put_prefix(start, question->type, header.length, question->blob_length);
  memcpy(start + PREFIX_BYTES, room, header.length);
  return send_all(fd, start, PREFIX_BYTES + header.length + question->blob_length, deadline);
}

/* Sends how a watched program ended. Nobody waits for an answer, and a daemon that has gone does not matter. */
static void send_outcome(const char *key, int number) {
  char room[MAX_HEADER_BYTES];
  struct text frame = {room, PREFIX_BYTES, sizeof room, false};
  add_word(&frame, "{\"v\":1,\"");
  add_word(&frame, key);
  add_word(&frame, "\":");
  add_number(&frame, (uint64_t)number);
  add_word(&frame, "}");
  put_prefix(room, "DONE", frame.length - PREFIX_BYTES, 0);
  send_all(wire.fd, room, frame.length, now_ms() + 1000);
}

/* Reads what there is into the buffer, which must be empty or hold less than it can. */
static enum heard fill(int64_t deadline) {
  if (wire.at > 0) {
    memmove(wire.bytes, wire.bytes + wire.at, wire.end - wire.at);
    wire.end -= wire.at;
    wire.at = 0;
  }
  for (;;) {
    if (!wait_ready(wire.fd, POLLIN, deadline)) return LATE;
    ssize_t n = read(wire.fd, wire.bytes + wire.end, sizeof wire.bytes - wire.end);
    if (n > 0) {
      wire.end += (size_t)n;
      return HEARD;
    }
    if (n == 0 || (errno != EINTR && errno != EAGAIN)) return LOST;
  }
}

/* What becomes of a blob. */
enum blob { SKIPPED, SAID, KEPT };

/* Takes `n` bytes of the answer: to stderr, or into `kept` (a text with room for them), or nowhere. */
static enum heard take(uint64_t n, enum blob blob, struct text *kept, int64_t deadline) {
  while (n > 0) {
    if (wire.at == wire.end) {
      enum heard heard = fill(deadline);
      if (heard != HEARD) return heard;
    }
    size_t part = wire.end - wire.at;
    if (part > n) part = (size_t)n;
    if (blob == SAID) write_all(2, wire.bytes + wire.at, part);
    if (blob == KEPT) add(kept, wire.bytes + wire.at, part);
    wire.at += part;
    n -= part;
  }
  return HEARD;
}

/* Reads one frame: its type into `type`, the blob of an ALOW into `kept`, any other blob's text to stderr. */
static enum heard read_answer(char type[5], struct text *kept, int64_t deadline) {
  while (wire.end - wire.at < PREFIX_BYTES) {
    enum heard heard = fill(deadline);
    if (heard != HEARD) return heard;
    size_t begun = wire.end - wire.at;
    if (memcmp(wire.bytes + wire.at, "BLY1", begun < 4 ? begun : 4) != 0) return GARBLED;
  }
  const char *prefix = wire.bytes + wire.at;
  if (memcmp(prefix, "BLY1", 4) != 0) return GARBLED;
  memcpy(type, prefix + 4, 4);
  type[4] = 0;
  static const char *const answers[] = {"ALOW", "WTCH", "DENY", "HELD", "NOTE", NULL};
  uint64_t header = get_le32(prefix + 8);
  uint64_t blob = get_le32(prefix + 12);
  if (!is_one_of(type, answers) || header + blob > MAX_FRAME_BYTES) return GARBLED;
  wire.at += PREFIX_BYTES;
  bool allowed = strcmp(type, "ALOW") == 0;
  if (allowed && blob > kept->room) return GARBLED;
  enum heard heard = take(header, SKIPPED, NULL, deadline);
  if (heard == HEARD) heard = take(blob, allowed ? KEPT : SAID, kept, deadline);
  return heard;
}
