// The JSON files that an appliance reads back. Each holds the version of its format and is validated by a schema, so that a damaged
// file, or one that a newer release wrote, is refused instead of being taken for something else. A file without a version is of
// version 1: releases before the field was introduced wrote that format.
import * as v from 'valibot';

const currentVersion = 1;

/**
 * The content of a stored file, without its version. Throws a TypeError with a sentence that says what is wrong: it is not JSON, this
 * release does not know its version, or the schema refuses a field. The sentence holds nothing of the file's content.
 */
export function parseStored<Output>(text: string, schema: v.GenericSchema<unknown, Output>): Output {
	return validate(contentOf(text), schema);
}

/** Likewise for a file that maps names to values. The result has no prototype, so that any name is a name. */
export function parseStoredMap<Output>(text: string, schema: v.GenericSchema<unknown, Output>): Record<string, Output> {
	const map = Object.create(null) as Record<string, Output>;
	for (const [name, value] of Object.entries(contentOf(text))) {
		map[name] = validate(value, schema);
	}

	return map;
}

function contentOf(text: string): object {
	const found = parseJson(text);
	if (typeof found !== 'object' || found === null || Array.isArray(found)) {
		throw new TypeError('It is not a JSON object.');
	}

	const {version = currentVersion, ...content} = found as {version?: unknown};
	if (version !== currentVersion) {
		throw new TypeError(`It has version ${JSON.stringify(version)}; this program reads version ${currentVersion}.`);
	}

	return content;
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new TypeError('It is not JSON.');
	}
}

function validate<Output>(value: unknown, schema: v.GenericSchema<unknown, Output>): Output {
	const result = v.safeParse(schema, value);
	if (!result.success) {
		const [issue] = result.issues;
		throw new TypeError(`${v.getDotPath(issue) ?? 'An entry'} must be ${issue.expected ?? 'valid'}.`);
	}

	return result.output;
}

/** The text of a stored file with this content. */
export function formatStored(content: object): string {
	return `${JSON.stringify({version: currentVersion, ...content}, undefined, '\t')}\n`;
}
