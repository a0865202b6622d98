import {Text} from 'ink';
import stringWidth from 'string-width';

type Props = {
	prompt: string;
	line: string;
	/** Whether to draw asterisks instead of the typed text. */
	isSecret?: boolean;
	columns: number;
};

/** The prompt and the text typed after it. When they do not fit, only their end is shown. */
export function Prompt({prompt, line, isSecret = false, columns}: Props) {
	const typed = isSecret ? '*'.repeat([...line].length) : line;
	// The margins of the frame and the caret also take columns.
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

/** The end of the text, as much as fits into this many columns. */
function endOf(text: string, columns: number): string {
	const characters = [...text];
	let width = stringWidth(text);
	while (width > columns) {
		width -= stringWidth(characters.shift()!);
	}

	return characters.join('');
}
