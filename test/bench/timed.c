/*
 * Runs a program and tells what it took, from its start to its end:
 *
 *   timed INPUT PROGRAM [ARGUMENT...]
 *
 * The program reads the file INPUT; what it prints is thrown away. Prints one line of JSON.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "netlink.h"

static void become(const char* input, char** words) {
  int in = open(input, O_RDONLY), out = open("/dev/null", O_WRONLY);
  if (in < 0 || out < 0) fail("%s", input);
  dup2(in, STDIN_FILENO);
  dup2(out, STDOUT_FILENO);
  execvp(words[0], words);
  fail("%s", words[0]);
}

int main(int count, char** words) {
  if (count < 3) return 2;
  double start = now();
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) become(words[1], words + 2);
  int status;
  if (waitpid(child, &status, 0) < 0) fail("waitpid");
  double seconds = now() - start;
  printf("{\"seconds\":%.6f,\"rssBytes\":%ld}\n", seconds, peak_bytes(RUSAGE_CHILDREN));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
