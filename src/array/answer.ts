// What an appliance does for the members of its array. Each word says who may ask for it.
import * as v from 'valibot';
import {arraySchema, readArray, removeArray, writeArray, type ApplianceArray, type ArrayMember} from '../appliance/array.js';
import {auditOrKeep} from '../appliance/audit.js';
import type {By} from '../appliance/by.js';
import {hasServer} from '../appliance/roles.js';
import {endpointOf} from '../appliance/server-places.js';
import {leaseMs, publishCertificate, trustServer, withdrawCertificate} from '../appliance/trusted-servers.js';
import {certificatesIn} from '../certificates/parse/pem.js';
import {runHealthCheck} from '../health/health-check.js';
import type {Site} from '../installation/change.js';
import {registerFrom} from '../installation/register-from.js';
import {Problem} from '../problem.js';
import {checkConnections} from '../registration/connections.js';
import {signInToConsole} from '../registration/sign-in.js';
import {registerModuleServer} from '../registration/register.js';
import {readTrust} from '../registration/trust.js';
import {statesOf} from '../services/service.js';
import {checkForMember, installForMember, outcomeForMember, restoreForMember, type Order} from './member-changes.js';
import {checkCall, credentialsCall, installCall, outcomeCall, restoreCall} from './pair-calls.js';

type Asked = {site: Site; array: ApplianceArray; member: ArrayMember; body: unknown; from: string; progress: Order['progress']};
type Work = (asked: Asked) => Promise<object>;

/** A member asks for its own name only, so a Tanium Server can neither publish nor retire a certificate of another one. */
const works: Readonly<Record<string, Work>> = {
	status: async ({site}) => statusOf(site),
	'health-check': async ({site}) => runHealthCheck(site, new Date()),
	async members({site, array, member, body}) {
		assertManager(array, member);
		const next = v.parse(arraySchema, body);
		if (next.name !== array.name || !next.members.some(({name}) => name === site.identity.name)) {
			throw new Problem('other-array', 'These members are not those of the array of this appliance.');
		}

		await writeArray(site.layout, next);
		return {};
	},
	async leave({site, array, member}) {
		assertManager(array, member);
		await removeArray(site.layout);
		return {};
	},
	async holds({site, body}) {
		const {sha256} = v.parse(v.object({sha256: v.string()}), body);
		return {holds: (await readTrust(site.layout)).trustedTaniumServers.includes(sha256)};
	},
	async publish({site, member, body}) {
		assertServers(site, member);
		await publishCertificate(site.layout, placeOf(member), certificateIn(body), new Date(Date.now() + leaseMs));
		return {};
	},
	async withdraw({site, member, body}) {
		assertServers(site, member);
		await withdrawCertificate(site.layout, placeOf(member), v.parse(v.object({sha256: v.string()}), body).sha256);
		return {};
	},
	async retire({site, member, body}) {
		assertServers(site, member);
		await trustServer(site.layout, placeOf(member), certificateIn(body));
		return {};
	},
	async register({site, member, body, from}) {
		assertServers(site, member);
		const {username, password} = v.parse(credentialsCall, body);
		const place = placeOf(member);
		const taniumServer = {place, endpoint: await endpointOf(site.layout, site.identity, place), certificate: certificateIn(body)};
		return registerModuleServer({...site, username, password, by: byOf({member, from}), taniumServer});
	},
	async 'register-module-server'({site, array, member, body, from}) {
		assertManager(array, member);
		return registerFrom(site, v.parse(credentialsCall, body), byOf({member, from}));
	},
	async 'sign-in'({site, array, member, body}) {
		assertManager(array, member);
		await signInToConsole(site, v.parse(credentialsCall, body));
		return {};
	},
	async check({site, array, member, body, from}) {
		assertManager(array, member);
		return checkForMember(site, v.parse(checkCall, body), byOf({member, from}));
	},
	async install({site, array, member, body, from, progress}) {
		assertManager(array, member);
		return installForMember(site, v.parse(installCall, body), {by: byOf({member, from}), progress});
	},
	async restore({site, array, member, body, from, progress}) {
		assertManager(array, member);
		return restoreForMember(site, v.parse(restoreCall, body), {by: byOf({member, from}), progress});
	},
	async outcome({site, array, member, body}) {
		assertManager(array, member);
		return outcomeForMember(site, v.parse(outcomeCall, body).operation);
	},
};

/** What a member asks for: a word with its input, and where it calls from. */
export type MemberCall = {member: string; word: string; body: unknown; from: string; progress?: Order['progress']};

/** Does what a member asks for. Rejects with Problem `unknown-word`, `not-member`, `not-allowed` and those of the work. */
export async function answerMember(site: Site, call: MemberCall): Promise<object> {
	const array = await readArray(site.layout);
	const member = array?.members.find(({name}) => name === call.member);
	if (!array || !member) {
		throw new Problem('not-member', 'The caller is not a member of the array of this appliance.');
	}

	const work = Object.hasOwn(works, call.word) ? works[call.word] : undefined;
	if (!work) {
		throw new Problem('unknown-word', 'Members have no such command.');
	}

	await auditOrKeep(site.layout, {event: 'array-command', ...byOf({member, from: call.from}), command: call.word});
	try {
		const {body, from, progress = () => {}} = call;
		return await work({site, array, member, body, from, progress});
	} catch (error) {
		throw v.isValiError(error) ? new Problem('bad-call', 'The input is not what this command takes.', '', {cause: error}) : error;
	}
}

function byOf({member, from}: Pick<Asked, 'member' | 'from'>): By {
	return {user: `array ${member.name}`, from};
}

function assertManager({manager}: ApplianceArray, {name}: ArrayMember): void {
	if (name !== manager) {
		throw new Problem('not-allowed', `Only the array's manager, ${manager}, may do that.`);
	}
}

function assertServers({identity}: Site, {role}: ArrayMember): void {
	if (!hasServer(identity.role, 'Module Server') || !hasServer(role, 'Tanium Server')) {
		throw new Problem('not-allowed', 'Only a Tanium Server may ask a Module Server for that.');
	}
}

function placeOf({name, console}: ArrayMember): {name: string; port: number} {
	return {name, port: console};
}

function certificateIn(body: unknown): Buffer {
	const {certificate} = v.parse(v.object({certificate: v.string()}), body);
	const [leaf] = certificatesIn(certificate);
	if (leaf === undefined) {
		throw new Problem('no-certificate', 'The call holds no certificate.');
	}

	return leaf;
}

async function statusOf({layout, identity, services}: Site): Promise<object> {
	const states = await statesOf(services);
	return {
		name: identity.name,
		role: identity.role,
		services: states.map(({name, running}) => ({name, running})),
		connections: await checkConnections(layout, identity),
	};
}
