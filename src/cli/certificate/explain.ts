import {explanations} from '../../certificates/describe/explanations.js';
import {exitCodes} from '../../exit-codes.js';
import {print, printRows, UsageError, type Command} from '../command.js';
import {explainDefinition} from '../definitions/certificate.js';
import {parseCall} from '../parse-call.js';
import {suggestion} from '../suggest.js';

/** `tanos certificate explain ID`: why a finding matters, an example and the fix; without an id, the list of ids. */
export const explain: Command = async words => {
	const {
		values,
		arguments: {ID: id},
	} = parseCall(explainDefinition, words);
	if (id === undefined) {
		print(...(values.json ? [JSON.stringify(Object.fromEntries(explanations))] : explanations.keys()));
		return exitCodes.done;
	}

	const found = explanations.get(id);
	if (found === undefined) {
		throw new UsageError(`There is no finding ${id}.${suggestion(id, [...explanations.keys()])}`, 'All of them: tanos certificate explain');
	}

	if (values.json) {
		print(JSON.stringify({id, ...found}));
	} else {
		printRows([
			['Finding', id],
			['Reason', found.reason],
			['Example', found.example],
			['Fix', found.fix],
		]);
	}

	return exitCodes.done;
};
