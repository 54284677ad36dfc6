/* usage: attack WHAT PORT: tries one thing that only a program without a runtime can, and prints what came of it. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int port;

static const char *ask(void) {
  static char answer[64];
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int s = socket(AF_INET, SOCK_STREAM, 0);
  const char *text = "DELETE /2015-03-31/functions/victim HTTP/1.1\r\nHost: localhost\r\n\r\n";
  if (connect(s, (struct sockaddr *)&to, sizeof to) != 0) return "no connection";
  usleep(300000);
  if (write(s, text, strlen(text)) < 0) return "cut";
  ssize_t length = read(s, answer, 12);
  if (length <= 0) return "cut";
  answer[length] = 0;
  return answer;
}

static int in_own_table(void *unused) {
  (void)unused;
  printf("%s\n", ask());
  fflush(stdout);
  return 0;
}

static void *idle(void *unused) {
  (void)unused;
  pause();
  return NULL;
}

static void threads(void) {
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 16384);
  int count = 0;
  pthread_t thread;
  while (count < 5000 && pthread_create(&thread, &small, idle, NULL) == 0) count++;
  printf("%s\n", count < 1024 ? "bounded" : "unbounded");
}

#if defined(__x86_64__)
static void other_tables(void) {
  errno = 0;
  long x32 = syscall(0x40000000 | 39);
  printf("x32 %s\n", x32 < 0 && errno == ENOSYS ? "refused" : "allowed");
  fflush(stdout);
  if (fork() == 0) {
    long result = 20;
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
    _exit(result < 0 ? 3 : 4);
  }
  int status;
  wait(&status);
  int refused = (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) || WIFSIGNALED(status) || WEXITSTATUS(status) == 3;
  printf("i386 %s\n", refused ? "refused" : "allowed");
}
#else
static void other_tables(void) { printf("x32 refused\ni386 refused\n"); }
#endif

static void fill(int flags) {
  for (;;) {
    size_t size = 16 << 20;
    char *part = mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
    if (part != MAP_FAILED) memset(part, 1, size);
    usleep(2000);
  }
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "";
  port = count > 2 ? atoi(words[2]) : 0;
  static char stack[65536];
  if (strcmp(what, "threads") == 0) threads();
  if (strcmp(what, "tables") == 0) other_tables();
  if (strcmp(what, "bomb") == 0) for (;;) fork();
  if (strcmp(what, "private") == 0) fill(MAP_PRIVATE);
  if (strcmp(what, "shared") == 0) fill(MAP_SHARED);
  if (strcmp(what, "hidden") == 0) {
    prctl(PR_SET_DUMPABLE, 0);
    printf("%s\n", ask());
  }
  if (strcmp(what, "own-table") == 0) {
    /* A thread that does not share its descriptors: they are not among those of its process. */
    clone(in_own_table, stack + sizeof stack, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FS, NULL);
    sleep(2);
  }
  return 0;
}
