import {readdir} from 'node:fs/promises';
import path from 'node:path';
import {readIdentity, type Identity} from '../../appliance/identity.js';
import {layoutOf, type Layout} from '../../appliance/layout.js';
import {hasServer} from '../../appliance/roles.js';
import {ifPresent} from '../../if-present.js';
import {Problem} from '../../problem.js';
import {layoutFor} from '../command.js';

export type Member = {layout: Layout; identity: Identity};

/** The folder of the lab: `--root`, or the one beside the default appliance. */
export function labRoot(root: string | undefined): string {
	return root === undefined ? `${layoutFor(undefined).root}-lab` : layoutFor(root).root;
}

/** The appliances of a lab, those with a Tanium Server first. Rejects with Problem `no-lab`, and as readIdentity() does. */
export async function membersIn(root: string): Promise<Member[]> {
	const entries = (await ifPresent(async () => readdir(root)).catch(() => undefined)) ?? [];
	const layouts = entries
		.filter(name => /^(?:ts|tms)\d+$/.test(name))
		.toSorted()
		.map(name => layoutOf(path.join(root, name)));
	if (layouts.length === 0) {
		throw new Problem('no-lab', `There is no lab in ${root}.`, `Make one: tanos lab create standalone --root ${root}`);
	}

	const members = await Promise.all(layouts.map(async layout => ({layout, identity: await readIdentity(layout)})));
	return [
		...members.filter(({identity}) => hasServer(identity.role, 'Tanium Server')),
		...members.filter(({identity}) => !hasServer(identity.role, 'Tanium Server')),
	];
}
