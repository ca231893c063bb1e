# Sources of the virtio-fs backend, as lists only. Both need -pthread and nothing else.
BACKEND_DIR := tests/guest/backend

BACKEND_COMMON_SRCS := $(addprefix $(BACKEND_DIR)/, \
	backend.c channel.c command.c control.c diag.c \
	fuse_dax.c fuse_file.c fuse_mount.c fuse_names.c fuse_ops.c fuse_xattr.c \
	guest_mem.c inject.c jsonlog.c poller.c pool.c populate.c request.c \
	store.c store_data.c store_names.c store_xattr.c \
	virtq.c vu_msg.c vu_server.c window.c)

# The program, virtiofs-dax-backend.
BACKEND_SRCS := $(BACKEND_COMMON_SRCS) $(BACKEND_DIR)/options.c $(BACKEND_DIR)/main.c

# Its test, which plays the front end: run it, it prints "N passed, N failed".
BACKEND_TEST_SRCS := $(BACKEND_COMMON_SRCS) $(BACKEND_DIR)/selftest.c
