import type {Identity} from '../appliance/identity.js';

/** The lines of an SFTP session as tancopy from this machine, in which these commands are entered. */
export function sftpExample({ports}: Pick<Identity, 'ports'>, ...commands: readonly string[]): string[] {
	return [`  sftp -P ${ports.ssh} tancopy@127.0.0.1`, ...commands.map(command => `  sftp> ${command}`)];
}
