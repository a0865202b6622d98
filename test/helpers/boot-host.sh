#!/bin/bash
# boot-host.sh ROOT: boots systemd of the Debian root ROOT, a mount point, in namespaces of its own, which end with this process. Its
# processes are in the cgroup tanos-test-host-PID. Needs root, util-linux and cgroup2.
set -eu
root=$(realpath "$1")
cgroups=$(findmnt --noheadings --first-only --types cgroup2 --output TARGET)
own=$cgroups/tanos-test-host-$$
mkdir "$own"
echo 0 >"$own/cgroup.procs" # The cgroup namespace begins here.
exec unshare --pid --fork --kill-child --mount --uts --ipc --cgroup --net --propagation private /bin/bash -c '
set -eu
cd "$0"
mount -t proc -o nosuid,nodev,noexec proc proc
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 sys/fs/cgroup
# Device nodes of its own. A bind mount would lead to those outside, whose modes agetty and logind change.
mount -t tmpfs -o mode=755,nosuid,size=8m tmpfs dev
for node in "null 3" "zero 5" "full 7" "random 8" "urandom 9"; do mknod -m 666 dev/${node% *} c 1 ${node#* }; done
mknod -m 666 dev/tty c 5 0
mknod -m 600 dev/console c 1 3
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs dev/shm
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs run
mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs tmp
# Each boot has an id of its own, as on a machine; other settings of the kernel are those of the machine outside.
mkdir run/host
cat proc/sys/kernel/random/uuid >run/host/boot_id
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount --bind run/host/boot_id proc/sys/kernel/random/boot_id
hostname tanos-test-host
ip link set lo up
mkdir -p .old
pivot_root . .old
cd /
umount -l /.old
exec env -i container=tanos-test TERM=linux PATH=/usr/sbin:/usr/bin:/sbin:/bin \
	/lib/systemd/systemd --system --unit=multi-user.target --log-target=journal --show-status=no
' "$root" </dev/null
