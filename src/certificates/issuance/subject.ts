// The subject of a request: the names of the server and the other attributes, validated before a key is generated.
import net from 'node:net';
import {Problem} from '../../problem.js';
import {isFullyQualified, isHostName, normalHost} from '../parse/host-names.js';
import {quoted, sanitise} from '../../sanitise.js';

/** The parts of a subject beside the common name, as the document's example has them. */
export type SubjectFields = {
	/** Two letters (ISO 3166). */
	country?: string;
	state?: string;
	locality?: string;
	organization?: string;
	organizationalUnit?: string;
};

/** Each part with its longest length in characters (RFC 5280, appendix A.1), in the order of the document's example. */
const fields: ReadonlyArray<{field: keyof SubjectFields; name: string; longest: number}> = [
	{field: 'country', name: 'countryName', longest: 2},
	{field: 'state', name: 'stateOrProvinceName', longest: 128},
	{field: 'locality', name: 'localityName', longest: 128},
	{field: 'organization', name: 'organizationName', longest: 64},
	{field: 'organizationalUnit', name: 'organizationalUnitName', longest: 64},
];

const maxCommonNameLength = 64; // RFC 5280, ub-common-name.

export type Subject = {
	/** DNS names and IP addresses in their normal form, each once; the first is the common name, and all are the SAN. */
	names: string[];
	/** X.500 attribute types and values without the common name, in the order they are written. */
	attributes: Array<{name: string; value: string}>;
};

/** Validates a subject. Throws Problem `bad-hostname` or `bad-subject` for what a CA should not be asked to sign. */
export function subjectOf(hostnames: readonly string[], parts: SubjectFields = {}): Subject {
	const names = [...new Set(hostnames.map(host => nameOf(host)))];
	const [first] = names;
	if (first === undefined) {
		throw badName('No host name was given.');
	}

	if (first.length > maxCommonNameLength) {
		throw badName(
			`${quoted(first)} has ${first.length} characters; the common name may have ${maxCommonNameLength}.`,
			'Name a shorter one first; the others may be longer.',
		);
	}

	if (net.isIP(first) === 0 && !isFullyQualified(first)) {
		throw badName(`The first name, ${quoted(first)}, is not fully qualified, and it becomes the common name.`);
	}

	return {
		names,
		attributes: fields.flatMap(({field, name, longest}) => {
			const value = parts[field]?.trim();
			return value === undefined || value === '' ? [] : [{name, value: fieldOf(field, value, longest)}];
		}),
	};
}

function nameOf(host: string): string {
	const name = normalHost(host);
	if (net.isIP(name) !== 0 && !name.includes('%')) {
		return name;
	}

	if (name.includes('*')) {
		throw badName(`${quoted(host)} is a wildcard; each server needs its whole name.`);
	}

	if (!isHostName(name) || /(?:^|\.)\d+$/.test(name)) {
		throw badName(`${quoted(host)} is neither a host name nor an IP address.`);
	}

	return name;
}

function fieldOf(field: keyof SubjectFields, value: string, longest: number): string {
	if (field === 'country') {
		if (!/^[a-z]{2}$/i.test(value)) {
			throw badSubject(`The country ${quoted(value)} is not a code of two letters.`, 'Give one such as US or DE.');
		}

		return value.toUpperCase();
	}

	if (sanitise(value) !== value) {
		throw badSubject(`The ${field} ${quoted(value)} has characters that cannot be printed.`, 'Type it again.');
	}

	if ([...value].length > longest) {
		throw badSubject(`The ${field} has ${[...value].length} characters; at most ${longest} are allowed.`, 'Shorten it.');
	}

	return value;
}

function badName(
	message: string,
	hint = 'Give whole names or IP addresses, with commas between them: ts1.example.com,ts2.example.com',
): Problem {
	return new Problem('bad-hostname', message, hint);
}

function badSubject(message: string, hint: string): Problem {
	return new Problem('bad-subject', message, hint);
}
