/*
 * The wire's limit: what a program can reach that only moves bytes from FETCH to MULTIAPPEND.
 *
 * relay SHOST SPORT SUSER SPASS THOST TPORT TUSER TPASS < PLAN
 * PLAN: one line a job, "lane TAB source-folder TAB target-folder TAB uid-range"; names as IMAP shows them (mUTF-7).
 * One process a lane, blocking reads and writes, no parsing beyond literal lengths, no state, no check of what arrived
 * but the tagged OKs. Plain TCP on loopback, LITERAL+ and MULTIAPPEND taken for granted. It is a yardstick, not a copier.
 *
 * Build: cc -O2 -o relay relay.c
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUFFER = 256 * 1024, BATCH_MESSAGES = 500, BATCH_BYTES = 32 * 1024 * 1024, MAX_JOBS = 4096 };

typedef struct { int fd; char *data; size_t start, end; char *out; size_t pending; } Connection;
typedef struct { int lane; char *source, *target, *range; } Job;

static void die(const char *what) { fprintf(stderr, "relay: %s: %s\n", what, strerror(errno)); exit(1); }

static Connection dial(const char *host, int port) {
  Connection c = { socket(AF_INET, SOCK_STREAM, 0), malloc(BUFFER), 0, 0, malloc(BUFFER), 0 };
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
  int one = 1;
  inet_pton(AF_INET, host, &address.sin_addr);
  if (c.fd < 0 || connect(c.fd, (struct sockaddr *)&address, sizeof address)) die("connect");
  setsockopt(c.fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return c;
}

static void send_all(int fd, const char *data, size_t length) {
  while (length) {
    ssize_t n = write(fd, data, length);
    if (n <= 0) die("write");
    data += n; length -= n;
  }
}

static void flush(Connection *c) { send_all(c->fd, c->out, c->pending); c->pending = 0; }

/* Small pieces are gathered, large ones pass through. */
static void put(Connection *c, const char *data, size_t length) {
  if (c->pending + length > BUFFER) flush(c);
  if (length > BUFFER / 4) { flush(c); send_all(c->fd, data, length); return; }
  memcpy(c->out + c->pending, data, length);
  c->pending += length;
}

static void fill(Connection *c) {
  if (c->start == c->end) c->start = c->end = 0;
  if (c->end == BUFFER) { memmove(c->data, c->data + c->start, c->end - c->start); c->end -= c->start; c->start = 0; }
  if (c->end == BUFFER) { errno = EMSGSIZE; die("line"); }
  ssize_t n = read(c->fd, c->data + c->end, BUFFER - c->end);
  if (n <= 0) die("read");
  c->end += n;
}

/* One line without its CRLF, valid until the next call. */
static char *line(Connection *c) {
  size_t seen = 0;
  for (;;) {
    char *newline = memchr(c->data + c->start + seen, '\n', c->end - c->start - seen);
    if (newline) {
      char *text = c->data + c->start;
      c->start = newline + 1 - c->data;
      *newline = 0;
      if (newline > text && newline[-1] == '\r') newline[-1] = 0;
      return text;
    }
    seen = c->end - c->start;
    fill(c);
  }
}

static void expect_ok(Connection *c, const char *tag) {
  size_t length = strlen(tag);
  flush(c);
  for (;;) {
    char *text = line(c);
    if (strncmp(text, tag, length) || text[length] != ' ') continue;
    if (strncmp(text + length, " OK", 3)) { fprintf(stderr, "relay: %s\n", text); exit(1); }
    return;
  }
}

static void command(Connection *c, const char *tag, const char *format, const char *a, const char *b) {
  char text[4096];
  int n = snprintf(text, sizeof text, "%s ", tag);
  n += snprintf(text + n, sizeof text - n, format, a, b);
  n += snprintf(text + n, sizeof text - n, "\r\n");
  put(c, text, n);
}

static void login(Connection *c, const char *user, const char *password) {
  line(c);
  command(c, "l", "LOGIN \"%s\" \"%s\"", user, password);
  expect_ok(c, "l");
}

static void copy(Connection *from, Connection *to, const Job *job) {
  command(from, "e", "EXAMINE \"%s\"%s", job->source, "");
  expect_ok(from, "e");
  if (strcmp(job->target, "INBOX")) {
    command(to, "c", "CREATE \"%s\"%s", job->target, ""); /* NO when it is there already: what we want */
    flush(to);
    while (strncmp(line(to), "c ", 2)) {}
  }
  command(from, "f", "UID FETCH %s (FLAGS INTERNALDATE BODY.PEEK[])%s", job->range, "");
  flush(from);
  size_t messages = 0, bytes = 0;
  for (;;) {
    char *text = line(from);
    if (text[0] == 'f' && text[1] == ' ') {
      if (strncmp(text, "f OK", 4)) { fprintf(stderr, "relay: %s\n", text); exit(1); }
      break;
    }
    char *flags = strstr(text, "FLAGS ("), *date = strstr(text, "INTERNALDATE \""), *brace = strrchr(text, '{');
    if (!flags || !date || !brace) continue;
    flags += 7; date += 14;
    size_t size = strtoul(brace + 1, NULL, 10);
    *strchr(flags, ')') = 0;
    *strchr(date, '"') = 0;
    char *recent = strstr(flags, "\\Recent");
    if (recent) memset(recent, ' ', 7);
    while (*flags == ' ') flags++;
    for (char *end = flags + strlen(flags); end > flags && end[-1] == ' ';) *--end = 0;
    char head[2048];
    int n = 0;
    if (!messages) n = snprintf(head, sizeof head, "a APPEND \"%s\"", job->target);
    n += snprintf(head + n, sizeof head - n, " (%s) \"%s\" {%zu+}\r\n", flags, date, size);
    put(to, head, n);
    bytes += size; messages++;
    while (size) {
      if (from->start == from->end) fill(from);
      size_t part = from->end - from->start < size ? from->end - from->start : size;
      put(to, from->data + from->start, part);
      from->start += part; size -= part;
    }
    line(from); /* the rest of the FETCH answer: ")" */
    if (messages == BATCH_MESSAGES || bytes >= BATCH_BYTES) { put(to, "\r\n", 2); expect_ok(to, "a"); messages = bytes = 0; }
  }
  if (messages) { put(to, "\r\n", 2); expect_ok(to, "a"); }
}

int main(int argc, char **argv) {
  static Job jobs[MAX_JOBS];
  static char text[8192];
  int count = 0, lanes = 0, failed = 0;
  if (argc != 9) { fprintf(stderr, "usage: relay SHOST SPORT SUSER SPASS THOST TPORT TUSER TPASS < PLAN\n"); return 2; }
  while (count < MAX_JOBS && fgets(text, sizeof text, stdin)) {
    Job *job = &jobs[count];
    char *copy_of = strdup(text), *next = copy_of;
    job->lane = atoi(strsep(&next, "\t"));
    job->source = strsep(&next, "\t");
    job->target = strsep(&next, "\t");
    job->range = next ? strsep(&next, "\n") : NULL;
    if (!job->range) { fprintf(stderr, "relay: not a job: %s", text); return 2; }
    if (job->lane >= lanes) lanes = job->lane + 1;
    count++;
  }
  for (int lane = 0; lane < lanes; lane++) {
    if (fork()) continue;
    Connection from = dial(argv[1], atoi(argv[2])), to = dial(argv[5], atoi(argv[6]));
    login(&from, argv[3], argv[4]);
    login(&to, argv[7], argv[8]);
    for (int i = 0; i < count; i++) if (jobs[i].lane == lane) copy(&from, &to, &jobs[i]);
    exit(0);
  }
  for (int status; wait(&status) > 0;) if (status) failed = 1;
  return failed;
}
