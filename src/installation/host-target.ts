// The description of a TLS service of a host: which unit, which files, how the unit reads them again, and where it presents them. It is
// data only: nothing of it reaches a shell.
import * as v from 'valibot';
import {hostPolicy, keyTypes} from '../certificates/rules/policy.js';
import {startTlsKinds} from '../services/starttls.js';
import type {UnitName} from '../services/service.js';
import type {Served} from '../services/probe.js';

const text = v.pipe(v.string(), v.nonEmpty());
const absolutePath = v.pipe(v.string(), v.regex(/^\/(?!.*(?:^|\/)\.{1,2}(?:\/|$))(?:[^\0/]+\/)*[^\0/]+$/));
/** systemd.unit(5), "Unit names". A name cannot begin with a hyphen, so that it is never an option. */
const unitName = v.custom<UnitName>(
	name => typeof name === 'string' && /^[A-Za-z0-9:_.\\@][A-Za-z0-9:_.\\@-]*\.service$/.test(name),
	'must be the name of a .service unit',
);

/** A user or group, by its name or its number. */
const account = v.union([v.pipe(v.string(), v.regex(/^[A-Za-z_][\w.-]*\$?$/)), v.pipe(v.number(), v.integer(), v.minValue(0))]);

/** A file by its path alone, or with the owner, the group and the mode that it is to have. */
function fileWith(mode: v.GenericSchema<unknown, string>) {
	const withAttributes = v.strictObject({
		path: absolutePath,
		owner: v.optional(account),
		group: v.optional(account),
		mode: v.optional(mode),
	});
	return v.union([
		v.pipe(
			absolutePath,
			v.transform((path): v.InferOutput<typeof withAttributes> => ({path})),
		),
		withAttributes,
	]);
}

/** Octal. Its owner may read the file; of a file with a key, others may not. */
const certificateFile = fileWith(v.pipe(v.string(), v.regex(/^0?[4-7][0-7]{2}$/)));
const keyFile = fileWith(v.pipe(v.string(), v.regex(/^0?[4-7][0-7]0$/)));

const policySchema = v.strictObject({
	/** The types of keys that the service can use. */
	keyTypes: v.optional(v.pipe(v.array(v.picklist(keyTypes)), v.minLength(1)), [...hostPolicy.keyTypes]),
	/** Whether it uses the certificate as a TLS client, too. */
	clientAuth: v.optional(v.boolean(), hostPolicy.clientAuth),
});

const probeSchema = v.strictObject({
	/** Where to connect. */
	host: v.optional(text, '127.0.0.1'),
	port: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65_535)),
	/** The name to ask for, which the certificate must have. */
	name: text,
	/** The protocol in which TLS is asked for; absent: TLS from the first byte. */
	starttls: v.optional(v.picklist(startTlsKinds)),
});

const entries = {
	title: v.optional(text),
	unit: unitName,
	/**
	 * A certificate file, with the chain behind the certificate unless there is a file for the chain, and a key file; or one file with the
	 * certificate, the chain and the key.
	 */
	files: v.union([
		v.strictObject({combined: keyFile}),
		v.strictObject({certificate: certificateFile, key: keyFile, chain: v.optional(certificateFile)}),
	]),
	apply: v.picklist(['restart', 'reload']),
	probes: v.pipe(v.array(probeSchema), v.minLength(1)),
	/** Names that the certificate must have besides those of the probes. */
	names: v.optional(v.array(text), []),
	/** Other units that use the same files: restarted after the unit if they are running. */
	units: v.optional(v.array(unitName), []),
	policy: v.optional(policySchema, {}),
	/** How long the service must run and serve the new certificate until that counts, in milliseconds. */
	settle: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(600_000)), 2000),
};

/** What a file of targets.d holds. */
export const targetFileSchema = v.strictObject(entries);

/** The same with its name, which is that of the file. */
export const hostTargetSchema = v.object({...entries, name: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]*$/))});
export type HostTarget = v.InferOutput<typeof hostTargetSchema>;

/** One of the files of a target. */
export type TargetFile = v.InferOutput<typeof keyFile>;

type OfFiles<Value> = {certificate: Value; key: Value; chainFile?: Value};

/** Where the files are; one file twice when it holds both. */
export function installedOn(target: HostTarget): OfFiles<string> {
	return eachOf(target, ({path}) => path);
}

/** The owner and mode that the files are to have. The accounts are numbers: whoever reads targets.d has looked them up. */
export function attributesOn(target: HostTarget): OfFiles<{uid?: number; gid?: number; mode?: number}> {
	return eachOf(target, ({owner, group, mode}) => ({
		...(typeof owner === 'number' && {uid: owner}),
		...(typeof group === 'number' && {gid: group}),
		...(mode !== undefined && {mode: Number.parseInt(mode, 8)}),
	}));
}

function eachOf<Value>({files}: HostTarget, valueOf: (file: TargetFile) => Value): OfFiles<Value> {
	if ('combined' in files) {
		return {certificate: valueOf(files.combined), key: valueOf(files.combined)};
	}

	const {certificate, key, chain} = files;
	return {certificate: valueOf(certificate), key: valueOf(key), ...(chain && {chainFile: valueOf(chain)})};
}

/** What the files are called in staging and in backups, whatever they are called in place. */
export function stagedNames({files}: HostTarget): OfFiles<string> {
	return 'combined' in files
		? {certificate: 'combined.pem', key: 'combined.pem'}
		: {certificate: 'certificate.pem', key: 'key.pem', ...(files.chain && {chainFile: 'chain.pem'})};
}

/** Where the unit presents its certificate. */
export function endpointsOf({probes}: HostTarget): Served[] {
	return probes.map(({host, port, name, starttls}) => ({host, port, servername: name, ...(starttls && {starttls})}));
}

/** Every name that the certificate must have. */
export function requiredNames({probes, names}: HostTarget): string[] {
	return [...new Set([...probes.map(({name}) => name), ...names])];
}
