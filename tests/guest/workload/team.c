// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks that start together, as threads or processes, and the choreography around them. Threads are
 * made before the start and nothing is allocated while they run: a fault that waits for the host
 * holds mmap_lock shared, and one mmap() queued behind it would stop every other thread's faults,
 * which would then look like the lock under test.
 */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#define POLL_NS		 (5 * NSEC_PER_MSEC)
#define STACK_WARM_BYTES 16384

uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * NSEC_PER_SEC + (uint64_t)ts.tv_nsec;
}

void sleep_ns(uint64_t ns)
{
	struct timespec ts = { .tv_sec = (time_t)(ns / NSEC_PER_SEC),
			       .tv_nsec = (long)(ns % NSEC_PER_SEC) };

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, &ts) == EINTR)
		;
}

void set_comm(const char *comm)
{
	prctl(PR_SET_NAME, comm);
}

pid_t task_tid(void)
{
	return (pid_t)syscall(SYS_gettid);
}

uint64_t task_op(struct task *t, uint64_t begin_ns)
{
	uint64_t ns = now_ns() - begin_ns;

	t->ops++;
	t->ops_ns += ns;
	if (ns > t->slowest_ns) {
		t->slowest_ns = ns;
		t->slowest_begin_ns = begin_ns;
	}
	return ns;
}

uint64_t rng_next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* The backend listens at the root of its mount: @dir cut to the last directory of its device. */
static void mount_root(const char *dir, char root[PATH_MAX])
{
	struct stat here, above;
	char up[PATH_MAX + 4];

	if (!realpath(dir, root) || stat(root, &here))
		die(errno, "%s", dir);
	while (strcmp(root, "/")) {
		char *slash = strrchr(root, '/');

		snprintf(up, sizeof(up), "%s/..", root);
		if (stat(up, &above))
			die(errno, "%s", up);
		if (above.st_dev != here.st_dev)
			return;
		*(slash == root ? slash + 1 : slash) = '\0';
	}
}

void send_ctl(const char *dir, const char *command)
{
	char root[PATH_MAX];

	mount_root(dir, root);
	if (setxattr(root, "user.daxctl", command, strlen(command), 0))
		die(errno, "control command '%s' on %s", command, root);
}

/* Where an injection is in force; a process that dies of it takes it back. */
static char injected_root[PATH_MAX];

void run_abandon(void)
{
	if (*injected_root)
		setxattr(injected_root, "user.daxctl", "clear", 5, 0);
}

static void inject(const struct ctx *c)
{
	char *commands, *save = NULL;

	if (!opt_str(c, "inject"))
		return;
	mount_root(files_dir(c), injected_root);
	commands = strdup(opt_str(c, "inject"));
	if (!commands)
		die(ENOMEM, "--inject");
	for (char *p = strtok_r(commands, ";", &save); p; p = strtok_r(NULL, ";", &save))
		send_ctl(files_dir(c), p + strspn(p, " "));
	free(commands);
}

void run_begin(const struct ctx *c)
{
	const char *ready = opt_str(c, "ready-file"), *start = opt_str(c, "start-file");
	int fd;

	if (ready) {
		fd = open(ready, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		if (fd < 0)
			die(errno, "create %s", ready);
		close(fd);
	}
	while (start && access(start, F_OK))
		sleep_ns(POLL_NS);
	inject(c);
}

void run_end(const struct ctx *c)
{
	if (opt_str(c, "inject"))
		send_ctl(files_dir(c), "clear");
	*injected_root = '\0';
}

static void barrier_new(pthread_barrier_t *barrier, unsigned int cnt)
{
	pthread_barrierattr_t attr;

	pthread_barrierattr_init(&attr);
	pthread_barrierattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (pthread_barrier_init(barrier, &attr, cnt))
		die(EINVAL, "barrier of %u", cnt);
	pthread_barrierattr_destroy(&attr);
}

static size_t team_bytes(unsigned int max)
{
	return sizeof(struct team) + max * sizeof(struct task);
}

struct team *team_new(unsigned int max, bool is_processes)
{
	struct team *team = mmap(NULL, team_bytes(max), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (team == MAP_FAILED)
		die(errno, "room for %u tasks", max);
	team->max = max;
	team->is_processes = is_processes;
	return team;
}

void team_free(struct team *team)
{
	munmap(team, team_bytes(team->max));
}

struct task *team_add(struct team *team, const char *comm, void (*prepare)(struct task *),
		      void (*run)(struct task *), void *arg)
{
	struct task *t = &team->task[team->cnt];

	if (team->cnt == team->max)
		die(0, "more tasks than the %u expected", team->max);
	t->team = team;
	t->comm = comm;
	t->prepare = prepare;
	t->run = run;
	t->arg = arg;
	t->index = team->cnt++;
	return t;
}

/* Fault in what run() will need, so that the kernel's count of faults is of the file alone. */
static void warm_up(struct task *t)
{
	volatile char stack[STACK_WARM_BYTES];
	struct rusage usage;

	for (size_t i = 0; i < sizeof(stack); i += 512)
		stack[i] = (char)i;
	getrusage(RUSAGE_THREAD, &usage);
	t->begin_ns = now_ns();
	t->end_ns = t->begin_ns;
}

static void *task_main(void *arg)
{
	struct task *t = arg;
	struct rusage before, after;

	set_comm(t->comm);
	t->tid = task_tid();
	if (t->prepare)
		t->prepare(t);
	warm_up(t);
	pthread_barrier_wait(&t->team->ready);
	pthread_barrier_wait(&t->team->go);
	getrusage(RUSAGE_THREAD, &before);
	t->begin_ns = now_ns();
	t->run(t);
	t->end_ns = now_ns();
	getrusage(RUSAGE_THREAD, &after);
	t->minflt = (uint64_t)(after.ru_minflt - before.ru_minflt);
	t->majflt = (uint64_t)(after.ru_majflt - before.ru_majflt);
	return NULL;
}

/* A process that failed will never come to the barriers that the others wait at. */
static void on_child(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	if (info->si_code != CLD_EXITED || info->si_status)
		_exit(EXIT_FAILED);
}

static void watch_children(void)
{
	struct sigaction sa = { .sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_RESTART };

	if (sigaction(SIGCHLD, &sa, NULL))
		die(errno, "sigaction");
}

static void task_start(struct task *t)
{
	pid_t pid;
	int err;

	if (!t->team->is_processes) {
		err = pthread_create(&t->thread, NULL, task_main, t);
		if (err)
			die(err, "thread %s", t->comm);
		return;
	}
	pid = fork();
	if (pid < 0)
		die(errno, "fork");
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		task_main(t);
		_exit(EXIT_FINE);
	}
	t->tid = pid;
}

static void task_join(struct task *t)
{
	int status;

	if (!t->team->is_processes) {
		pthread_join(t->thread, NULL);
		return;
	}
	if (waitpid(t->tid, &status, 0) != t->tid)
		die(errno, "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		die(0, "process %d (%s) failed with status 0x%x", t->tid, t->comm, status);
}

static void team_exec(const struct ctx *c, struct team *team)
{
	barrier_new(&team->ready, team->cnt + 1);
	barrier_new(&team->go, team->cnt + 1);
	if (team->is_processes)
		watch_children();
	for (unsigned int i = 0; i < team->cnt; i++)
		task_start(&team->task[i]);
	pthread_barrier_wait(&team->ready);
	if (c)
		run_begin(c);
	team->begin_ns = now_ns();
	pthread_barrier_wait(&team->go);
	for (unsigned int i = 0; i < team->cnt; i++)
		task_join(&team->task[i]);
	team->end_ns = now_ns();
	if (c)
		run_end(c);
	pthread_barrier_destroy(&team->ready);
	pthread_barrier_destroy(&team->go);
}

void team_run(const struct ctx *c, struct team *team)
{
	team_exec(c, team);
}

void team_run_again(struct team *team)
{
	team_exec(NULL, team);
}
