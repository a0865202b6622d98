// Connections as tests make them.
import path from 'node:path';
import type {ExecutionContext} from 'ava';
import type {Problem} from '../../src/problem.js';
import {connect} from '../../src/ssh-client/connect.js';
import type {Host, Operator} from '../../src/ssh-client/host.js';
import {execute} from '../ssh-server/served.js';
import {scripted} from './operator.js';
import type {Sshd} from './sshd.js';

/** Connects, and ends the connection. Resolves with the fingerprint of the host's key. */
export async function visit(route: readonly Host[], operator: Operator = scripted()): Promise<string> {
	const {fingerprint, close} = await connect(route, operator);
	close();
	return fingerprint;
}

export async function refused(t: ExecutionContext, route: readonly Host[], operator: Operator = scripted()): Promise<Problem> {
	return t.throwsAsync<Problem>(connect(route, operator));
}

export const knownHosts = ({folder}: Sshd) => path.join(folder, 'known_hosts');

export async function fingerprintOf(file: string): Promise<string> {
	return (await execute('ssh-keygen', ['-lf', file])).out.split(' ')[1]!;
}
