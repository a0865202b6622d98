// Whether somebody is writing an upload. OpenSSH's internal-sftp, unlike the SFTP server of an appliance, puts no mark on a file whose
// upload has not come to its end, but the kernel knows who has it open.
import {spawn} from 'node:child_process';
import {once} from 'node:events';

/**
 * Takes a read lease (F_SETLEASE in fcntl(2)), for which Node has no call. 1024 and 0 are F_SETLEASE and F_RDLCK on every architecture of
 * Linux. Exit code 1: EAGAIN, somebody has the file open for writing; 2: there are no leases here, such as on NFS, or no CAP_LEASE.
 */
const program = 'exit(fcntl(STDIN, 1024, 0) ? 0 : $!{EAGAIN} ? 1 : 2)';

/**
 * Whether another process may be writing the file that is open here, for reading only. If not, whoever opens it for writing waits until
 * the descriptor is closed, as the lease belongs to the open file, not to the program that took it; for 45 seconds at most (see
 * /proc/sys/fs/lease-break-time). Undefined when that cannot be known: without leases, or without perl.
 */
export async function isBeingWritten(descriptor: number): Promise<boolean | undefined> {
	try {
		const perl = spawn('/usr/bin/perl', ['-MErrno', '-e', program], {env: {LANG: 'C.UTF-8'}, stdio: [descriptor, 'ignore', 'ignore']});
		const [code] = (await once(perl, 'close')) as [number | null];
		return code === 1 ? true : code === 0 ? false : undefined;
	} catch {
		return undefined; // There is no perl.
	}
}
