// What is found out before the first connection.
import {access} from 'node:fs/promises';
import {isIP} from 'node:net';
import {checkPair} from '../../certificates/check.js';
import {isFullyQualified} from '../../certificates/parse/host-names.js';
import type {UploadedFile} from '../../certificates/parse/uploaded-file.js';
import {listed} from '../../sanitise.js';
import {UsageError} from '../command.js';
import type {UploadOptions} from './options.js';
import type {TerminalOperator} from './terminal-operator.js';

/** OpenSSH skips missing files; a file named on the command line must exist. Rejects with UsageError. */
export async function assertFilesExist({identity, config}: Pick<UploadOptions, 'identity' | 'config'>): Promise<void> {
	if (identity !== undefined && !(await exists(identity)) && !(await exists(`${identity}.pub`))) {
		throw new UsageError(`--identity ${identity}: there is no such file.`);
	}

	if (config !== undefined && config !== 'none' && config !== '/dev/null' && !(await exists(config))) {
		throw new UsageError(`--config ${config}: there is no such file.`);
	}
}

/**
 * Without --host the certificate is compared with the hosts that it is uploaded to. A host may have another name here than for its
 * users, so one that the certificate does not name is only reported; at a terminal the operator decides. Resolves with whether to go on.
 */
export async function isRightCertificate(options: UploadOptions, certificate: UploadedFile, operator: TerminalOperator): Promise<boolean> {
	const hosts = options.hosts.length > 0 ? [] : options.targets.map(({host}) => host).filter(host => !isIP(host) && isFullyQualified(host));
	const unnamed = hosts.filter(host =>
		checkPair(certificate, undefined, {hosts: [host], at: new Date()}).findings.some(({id}) => id === 'san-host' || id === 'san-missing'),
	);
	if (unnamed.length === 0) {
		return true;
	}

	operator.notify(`The certificate does not name ${listed(unnamed)}, where it is uploaded to.`);
	return options.json || options.force || !operator.isPresent || operator.agrees('Is it the right certificate?');
}

async function exists(file: string): Promise<boolean> {
	return access(file).then(
		() => true,
		() => false,
	);
}
