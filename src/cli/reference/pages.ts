import path from 'node:path';
import {findingsPage} from '../../certificates/describe/explanations.js';
import {definitions} from '../definitions/table.js';
import {manPage, pageName, programPage} from './man-page.js';
import {commandLinePage} from './markdown.js';

/** The files that are generated from the commands' definitions: paths in the repository with their text. */
export function referencePages(): Map<string, string> {
	const [console, ...commands] = definitions;
	return new Map([
		[path.join('docs', 'command-line.md'), commandLinePage(definitions)],
		[path.join('docs', 'findings.md'), findingsPage()],
		[manFile(console!), programPage(definitions)],
		...commands.map(command => [manFile(command), manPage(command, definitions)] as const),
	]);
}

function manFile(definition: (typeof definitions)[number]): string {
	return path.join('man', `${pageName(definition)}.1`);
}
