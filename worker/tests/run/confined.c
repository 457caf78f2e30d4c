/* Starts a program as the unit does: with the system calls that it allows alone, and, where it says so, without memory that
 * becomes executable. What isn't allowed kills, so that a test sees it; the unit answers EPERM.
 *
 *   confined PROGRAM ARGUMENT...
 *
 * ALLOWED is a list of numbers, written by whoever compiles this; WRITE_EXECUTE is 1 if code may be made. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif

static const unsigned allowed[] = {
#include "allowed.h"
};

#define COUNT (sizeof allowed / sizeof *allowed)
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define END(what) BPF_STMT(BPF_RET | BPF_K, what)

/* With these bits in its third argument a call ends the program. */
#define EXECUTABLE(number, bits) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 5), LOAD(args[2]), \
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, bits), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, bits, 0, 1), \
        END(SECCOMP_RET_KILL_PROCESS), END(SECCOMP_RET_ALLOW)

int main(int count, char **words)
{
    static struct sock_filter rules[4096];
    size_t at = 0;
    if (count < 2 || 2 * COUNT + 32 > sizeof rules / sizeof *rules)
        return 125;
    rules[at++] = (struct sock_filter)LOAD(nr);
#if !WRITE_EXECUTE
    struct sock_filter executable[] = {
        EXECUTABLE(SYS_mprotect, PROT_EXEC),
        EXECUTABLE(SYS_pkey_mprotect, PROT_EXEC),
        EXECUTABLE(SYS_mmap, PROT_WRITE | PROT_EXEC),
    };
    for (size_t n = 0; n < sizeof executable / sizeof *executable; n++)
        rules[at++] = executable[n];
#endif
    for (size_t n = 0; n < COUNT; n++) {
        rules[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, allowed[n], 0, 1);
        rules[at++] = (struct sock_filter)END(SECCOMP_RET_ALLOW);
    }
    rules[at++] = (struct sock_filter)END(SECCOMP_RET_KILL_PROCESS);
    struct sock_fprog filter = {.len = (unsigned short)at, .filter = rules};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)) {
        perror("no new privileges");
        return 125;
    }
#if !WRITE_EXECUTE
    /* Before Linux 6.3 the filter alone does it. */
    prctl(PR_SET_MDWE, 1, 0, 0, 0);
#endif
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter)) {
        perror("a filter");
        return 125;
    }
    execv(words[1], words + 1);
    perror(words[1]);
    return 125;
}
