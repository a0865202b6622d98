import {groups, type Command} from './command.js';
import {arrayCommands} from './array.js';
import {assignRolesCommands} from './array-assign-roles.js';
import {selfTestCommands} from './array-self-test.js';
import {backupCommands, sslBackupCommands} from './soap-backups.js';
import {historyCommands} from './soap-history.js';
import {backupKeyCommands} from './backup-key.js';
import {checkCommands, sslCheckCommands} from './soap-check.js';
import {fingerprintCommands} from './fingerprints.js';
import {healthCommands} from './health.js';
import {infoCommands} from './info.js';
import {installCommands, sslInstallCommands} from './soap-install.js';
import {registerCommands} from './soap-register.js';
import {rolloutCommands} from './soap-rollout.js';
import {requestCommands} from './soap-request.js';
import {serviceCommands} from './services.js';
import {logCommands} from './logs.js';
import {passwordCommands} from './password.js';
import {pubkeyCommands} from './pubkeys.js';
import {recordingCommands} from './recordings.js';
import {securityCommands} from './security.js';
import {sslStatusCommands} from './ssl-status.js';
import {statusCommands} from './soap-status.js';

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
	...statusCommands,
	...checkCommands,
	...installCommands,
	...backupCommands,
	...historyCommands,
	...registerCommands,
	...sslStatusCommands,
	...sslCheckCommands,
	...sslInstallCommands,
	...sslBackupCommands,
	...arrayCommands,
	...assignRolesCommands,
	...selfTestCommands,
	...rolloutCommands,
	...requestCommands,
	...serviceCommands,
	...logCommands,
	...fingerprintCommands,
	...infoCommands,
	...healthCommands,
	...backupKeyCommands,
	...securityCommands,
	...recordingCommands,
	...passwordCommands,
	...pubkeyCommands,
].toSorted((one, other) => groups.indexOf(one.group) - groups.indexOf(other.group));

/** The command that these words begin with, whatever their case, and how many of them name it; undefined when there is none. */
export function commandFor(words: readonly string[]): {command: Command; length: number} | undefined {
	const fits = commands
		.map(command => ({command, length: command.name.split(' ').length}))
		.filter(({command, length}) => words.slice(0, length).join(' ').toLowerCase() === command.name);
	return fits.toSorted((one, other) => other.length - one.length)[0];
}
