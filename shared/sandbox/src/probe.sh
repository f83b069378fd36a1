# Runs inside of the sandbox and tries what must fail there; prints the name of each attempt that succeeds, and `done` at the end.
# Nothing is changed even where an attempt succeeds: files are opened and closed, and what is made is removed again.
# $1: the platform's process id. $2: the id of its PID namespace. $3: a folder outside of the sandbox that is the platform's.
# $4…: files of the platform.
platform=$1 namespace=$2 outside=$3
shift 3
said=' '
succeeded() {
    case $said in *" $1 "*) ;; *) said="$said$1 "; echo "$1" ;; esac
}
reads() { { :; } 2>/dev/null <"$1"; }
writes() { { :; } 2>/dev/null >>"$1"; }

settings() {
    for file in "$1"/*; do
        if [ -d "$file" ]; then [ -L "$file" ] || settings "$file" "$2"
        # Every user may open this one, on every machine; a write to it takes a capability.
        elif [ "${file##*/}" = ns_last_pid ]; then :
        elif [ -e "$file" ] && writes "$file"; then succeeded "$2"; return
        fi
    done
}
settings /proc/sys kernel-settings
for file in /proc/sysrq-trigger /proc/irq/default_smp_affinity /proc/mtrr; do
    [ -e "$file" ] && writes "$file" && succeeded kernel-settings
done
for folder in /sys/kernel /sys/power /sys/module; do
    [ -d "$folder" ] && settings "$folder" device-settings
done
for file in /sys/devices/system/cpu/cpu*/online /sys/bus/*/drivers_probe /sys/bus/*/rescan; do
    [ -e "$file" ] && writes "$file" && succeeded device-settings
done

for file in /dev/sd? /dev/vd? /dev/xvd? /dev/nvme?n? /dev/mmcblk? /dev/loop? /dev/dm-? /dev/mem /dev/port; do
    [ -e "$file" ] && { reads "$file" || writes "$file"; } && succeeded devices
done
mknod probe-device b 7 0 2>/dev/null && { rm probe-device; succeeded make-devices; }
mkdir probe-mount
mount -t tmpfs none probe-mount 2>/dev/null && { umount probe-mount; succeeded mount; }
unshare --user --map-root-user true 2>/dev/null && succeeded nested-namespaces

for file in "$@"; do
    [ -e "$file" ] && { reads "$file" || writes "$file"; } && succeeded platform-files
done
for folder in "$outside" / /etc /usr /usr/local/bin /var /var/tmp /tmp /run /root /home /dev /dev/shm; do
    file=$folder/sandbox-probe-$platform
    writes "$file" && { rm -f "$file"; succeeded write-outside; }
done

if [ "$(readlink /proc/self/ns/pid)" = "$namespace" ]; then
    succeeded other-processes
    kill -0 "$platform" 2>/dev/null && succeeded signal-processes
    for process in 1 "$platform"; do
        { reads "/proc/$process/environ" || reads "/proc/$process/mem" || readlink "/proc/$process/cwd" >/dev/null; } &&
            succeeded look-into-processes
    done
fi

while read -r name value; do
    case $name in
    CapEff: | CapPrm: | CapInh: | CapAmb:) case $value in *[!0]*) succeeded privileges ;; esac ;;
    NoNewPrivs:) [ "$value" = 1 ] || succeeded privileges ;;
    esac
done </proc/self/status
: >owner
echo 'done'
