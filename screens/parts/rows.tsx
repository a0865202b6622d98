import {Text} from 'ink';
import {useEffect, useState} from 'react';
import type {Tone} from '../../src/console/conversation.js';
import type {Row} from '../../src/console/transcript.js';

/** Colours add no information to the text. */
const looks: Record<Tone, {bold?: true; dimColor?: true; color?: string}> = {
	plain: {},
	heading: {bold: true},
	good: {color: 'green'},
	warning: {color: 'yellow'},
	bad: {color: 'red', bold: true},
	dim: {dimColor: true},
};

/** Rows of text, one per terminal row. */
export function Rows({rows}: {rows: readonly Row[]}) {
	return rows.map((row, index) =>
		// A row is identified only by its position.
		row.spinner ? (
			<Text key={index} wrap='truncate'>
				<Spinner />
				{row.text.slice(1)}
			</Text>
		) : (
			<Text key={index} wrap='truncate' {...looks[row.tone]}>
				{row.parts?.map((part, index) => (
					<Text key={index} {...looks[part.tone]}>
						{part.text}
					</Text>
				)) ?? (row.text === '' ? ' ' : row.text)}
			</Text>
		),
	);
}

/** The rows that fit. When not all fit, the last one says how many more there are. */
export function firstRows(rows: readonly Row[], room: number): readonly Row[] {
	if (rows.length <= room) {
		return rows;
	}

	const shown = rows.slice(0, Math.max(0, room - 1));
	return [...shown, {text: `... ${rows.length - shown.length} more rows on a taller terminal`, tone: 'dim'}];
}

const frames = ['|', '/', '-', '\\'];
/** How long one frame of the spinner is shown, in milliseconds. */
const beat = 120;

function Spinner() {
	const [frame, setFrame] = useState(0);
	useEffect(() => {
		const timer = setInterval(() => {
			setFrame(before => (before + 1) % frames.length);
		}, beat);
		return () => {
			clearInterval(timer);
		};
	}, []);
	return <Text bold>{frames[frame]}</Text>;
}
