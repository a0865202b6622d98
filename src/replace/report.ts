// The report of a replacement: the evidence for a change ticket. No secret is in it: of what was typed at a secret question it has the
// name only.
import {sanitise} from '../sanitise.js';
import {outcomes, type HostReport} from './host-report.js';
import type {Look} from './served.js';
import type {ShownScreen} from './walk.js';

export type Report = {
	/** ISO 8601, in UTC. */
	started: string;
	ended: string;
	version: string;
	profile: string;
	/** Who ran it, USER@MACHINE. */
	by: string;
	/** The certificate to install, in one line. */
	certificate: string;
	/** The SHA-256 fingerprints of the certificates to be served. */
	chain: readonly string[];
	keyDeleted: boolean;
	hosts: readonly HostReport[];
	/** Hosts that were not reached, because one before them failed. */
	left: readonly string[];
};

/** The report as Markdown. */
export function markdownOf(report: Report): string {
	const {hosts, left} = report;
	return [
		'# Replacement of the Tanium Server certificate',
		'',
		`- Started: ${report.started}`,
		`- Ended: ${report.ended}`,
		`- By: ${report.by}, tanos-console ${report.version}, profile ${report.profile}`,
		`- Certificate: ${sanitise(report.certificate)}`,
		...report.chain.map((fingerprint, index) => `- SHA-256 ${index === 0 ? 'of the certificate' : 'in its chain'}: ${fingerprint}`),
		`- Local copy of the key: ${report.keyDeleted ? 'deleted' : 'kept'}`,
		...(left.length === 0 ? [] : [`- Not begun: ${left.join(', ')}`]),
		'',
		...hosts.flatMap(host => [...hostLines(host), '']),
	].join('\n');
}

function hostLines({host, console: place, outcome, found, done, screens, proven, problem, recording}: HostReport): string[] {
	return [
		`## ${host}: ${outcome}`,
		'',
		outcomes[outcome].means,
		...(problem === undefined ? [] : ['', ...indented(problem.message), '', sanitise(problem.hint)]),
		'',
		`### Found at ${place}`,
		'',
		...lookLines(found),
		'',
		'### Done',
		'',
		...done.map(({at, what}) => `- ${at} ${sanitise(what)}`),
		'',
		'### Proven',
		'',
		...lookLines(proven),
		...(screens.length === 0 ? [] : ['', '### Shown', '', ...screens.flatMap(screen => screenLines(screen))]),
		...(recording === undefined ? [] : [`Recording: ${recording}`]),
	];
}

function lookLines(look: Look | undefined): string[] {
	if (look === undefined) {
		return ['Nothing was looked at.'];
	}

	return look.chain.length === 0
		? [`${look.at}: ${sanitise(look.reason ?? '')}`]
		: [`At ${look.at} these certificates were presented, the server's own first:`, '', ...look.chain.map(one => `- SHA-256 ${one}`)];
}

function screenLines({at, title, screen, typed}: ShownScreen): string[] {
	const answer = typed === undefined ? 'Nothing was typed.' : typed === '' ? 'Typed: Enter' : `Typed: ${typed} Enter`;
	return [`${at} ${sanitise(title)}`, '', ...indented(screen.trimEnd()), '', sanitise(answer), ''];
}

/** A block that nothing in the text can end. */
function indented(text: string): string[] {
	return text.split('\n').map(line => `    ${sanitise(line)}`.trimEnd());
}
