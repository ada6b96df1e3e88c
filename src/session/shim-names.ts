/**
 * The names that a shim stands for, by the reason for it, and git's hooks. Data only.
 * A name costs each call of that program about 0.2 ms, so a program that can only compute or show is not here.
 */

interface ShimGroup {
  /** What a program of this group can do that makes its expanded arguments worth a look. */
  readonly reason: string;
  readonly names: readonly string[];
}

export const SHIM_GROUPS: readonly ShimGroup[] = [
  {
    reason: 'shells: the whole command line is judged before any of it runs',
    names: words('bash sh zsh dash ksh fish ash busybox toybox'),
  },
  {
    reason: 'files deleted, overwritten, moved or cut',
    names: words(`
      rm rmdir unlink shred mv cp ln dd truncate tee install sed patch rsync tar unzip 7z cpio find fd rename
      trash
    `),
  },
  {
    reason: 'who may read, write and run what',
    names: words('chmod chown chgrp chattr setfacl xattr umount mount'),
  },
  {
    reason: 'files printed or encoded: secrets leave by them when no shell line shows it',
    names: words('cat head tail base64 xxd'),
  },
  {
    reason: 'history, branches and what is shared through them',
    names: words('git gh glab hub hg svn jj git-filter-repo bfg'),
  },
  {
    reason: 'the network: what is fetched to be run, and what is sent',
    names: words(`
      curl wget aria2c http https ssh scp sftp ftp rclone nc ncat netcat socat telnet ngrok cloudflared
      openssl
    `),
  },
  {
    reason: 'programs that run another program, which may be named by an absolute path',
    names: words(`
      xargs parallel env nohup timeout nice ionice setsid stdbuf script unshare nsenter chroot bwrap flock
      watch entr make gmake just task expect
    `),
  },
  {
    reason: 'another user, or more rights',
    names: words('sudo su doas pkexec runuser visudo'),
  },
  {
    reason: 'interpreters: a program given in an argument or a file',
    names: words('python python3 python2 pypy3 node nodejs deno perl ruby php lua awk gawk mawk tclsh osascript pwsh'),
  },
  {
    reason: 'package managers: they run the code of strangers, and publish ours',
    names: words(`
      npm npx pnpm pnpx yarn bun bunx corepack pip pip3 pipx uv uvx poetry conda mamba twine gem bundle cargo
      go composer mvn gradle dotnet apt apt-get dpkg dnf yum rpm pacman apk zypper brew snap flatpak nix
    `),
  },
  {
    reason: 'containers and clusters: their volumes, images and hosts',
    names: words('docker docker-compose podman nerdctl buildah kubectl oc helm minikube kind lxc virsh vagrant'),
  },
  {
    reason: 'infrastructure and cloud accounts',
    names: words(`
      terraform tofu terragrunt pulumi ansible ansible-playbook packer cdk sam serverless aws gcloud gsutil bq
      az doctl heroku fly flyctl vercel netlify wrangler firebase supabase railway vault consul op s3cmd mc
    `),
  },
  {
    reason: 'databases: a statement in an argument',
    names: words(`
      psql dropdb createdb pg_restore mysql mysqladmin mariadb mongosh mongo mongorestore redis-cli sqlite3
      duckdb clickhouse-client cqlsh influx etcdctl
    `),
  },
  {
    reason: 'other processes, and the machine itself',
    names: words(`
      kill pkill killall systemctl service launchctl initctl rc-service reboot shutdown halt poweroff telinit
      sysctl modprobe insmod rmmod gdb lldb strace
    `),
  },
  {
    reason: 'what runs later, without anyone there',
    names: words('crontab at batch systemd-run tmux screen zellij pm2 supervisorctl loginctl'),
  },
  {
    reason: 'disks and file systems',
    names: words(`
      mkfs mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat mke2fs mkswap swapoff wipefs fdisk sfdisk gdisk sgdisk
      parted blkdiscard hdparm losetup cryptsetup lvremove vgremove pvremove mdadm zfs zpool btrfs fstrim
      diskutil hdiutil fusermount
    `),
  },
  {
    reason: 'accounts and the firewall',
    names: words(`
      useradd adduser userdel deluser usermod groupadd groupdel passwd chpasswd chsh iptables ip6tables nft
      ufw firewall-cmd setcap setenforce update-alternatives
    `),
  },
  {
    reason: 'keys and secret stores',
    names: words('gpg gpg2 ssh-keygen ssh-add ssh-copy-id security secret-tool pass age sops'),
  },
];

export const SHIM_NAMES: readonly string[] = [...new Set(SHIM_GROUPS.flatMap((group) => group.names))].sort();

/**
 * Git's hooks on the side that works (githooks(5)); `shims/hook.h` knows the same names.
 * Left out: `post-index-change`, which every `git status` may call and which can neither judge nor tell anything that
 * another does not; `pre-receive`, `update`, `proc-receive`, `post-receive`, `post-update`, `push-to-checkout`, which run
 * in the repository that is pushed to, and belong to its owner; `fsmonitor-watchman` and the `p4-` ones, which are set up
 * by name or by hand.
 */
export const GIT_HOOK_NAMES: readonly string[] = words(`
  applypatch-msg pre-applypatch post-applypatch pre-commit pre-merge-commit prepare-commit-msg commit-msg
  post-commit pre-rebase post-checkout post-merge pre-push pre-auto-gc post-rewrite sendemail-validate
  reference-transaction
`);

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
