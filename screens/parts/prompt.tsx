import {Text} from 'ink';
import stringWidth from 'string-width';

type Props = {
	prompt: string;
	line: string;
	/** Draws asterisks instead of what was typed. */
	isSecret?: boolean;
	columns: number;
};

/** The prompt and what is typed after it; when both do not fit, their end, where the typing is. */
export function Prompt({prompt, line, isSecret = false, columns}: Props) {
	const typed = isSecret ? '*'.repeat([...line].length) : line;
	// The margins of the frame and the caret take their columns, too.
	const room = Math.max(1, columns - 3);
	const shownTyped = endOf(typed, room);
	const shownPrompt = endOf(`${prompt} `, room - stringWidth(shownTyped));
	return (
		<Text wrap='truncate'>
			<Text bold>{shownPrompt}</Text>
			{shownTyped}
			<Text bold>_</Text>
		</Text>
	);
}

/** As much of the end of the text as fits into this many columns. */
function endOf(text: string, columns: number): string {
	const characters = [...text];
	let width = stringWidth(text);
	while (width > columns) {
		width -= stringWidth(characters.shift()!);
	}

	return characters.join('');
}
