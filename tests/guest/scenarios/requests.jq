requests_agree, trust_whole,
ge("upgrades happened"; upgrades | length; 4),
eq("23 ranges of 2 MiB touched"; inode(load("fault").ino).ops.setup.count; 23)
