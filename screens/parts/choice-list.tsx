import {Box, Text} from 'ink';
import SelectInput from 'ink-select-input';

type ListedChoice = {
	key: string;
	label: string;
	/** Why it cannot be chosen. It is listed all the same. */
	disabled?: string | undefined;
};

type Props = {
	choices: readonly ListedChoice[];
	selected: number;
	/** The number of rows for the list. */
	rows: number;
};

/**
 * A list of keys and labels, drawn by ink-select-input. The list receives no keys: it would act on digits by position, and on keys
 * that were meant for the next screen. The console's state decides which item is highlighted, and the list is created again when
 * that changes. When not all items fit, those around the highlighted one are shown, with the number of the others.
 */
export function ChoiceList({choices, selected, rows}: Props) {
	const room = choices.length > rows ? Math.max(1, rows - 1) : choices.length;
	const start = Math.max(0, Math.min(selected - Math.floor(room / 2), choices.length - room));
	const items = choices.slice(start, start + room).map(choice => ({...choice, value: choice.key}));
	const hidden = [
		[start, 'above'],
		[choices.length - start - room, 'below'],
	] as const;
	const counts = hidden.filter(([count]) => count > 0).map(([count, where]) => `${count} ${where}`);
	return (
		<Box flexDirection='column'>
			<SelectInput
				key={`${selected}/${start}/${items.length}`}
				items={items}
				initialIndex={selected - start}
				isFocused={false}
				indicatorComponent={Indicator}
				itemComponent={Item as never}
			/>
			{room < choices.length && rows > 1 && <Text dimColor wrap='truncate'>{`  ... ${counts.join(', ')}`}</Text>}
		</Box>
	);
}

function Indicator({isSelected = false}: {isSelected?: boolean}) {
	return (
		<Box flexShrink={0}>
			<Text bold>{isSelected ? '> ' : '  '}</Text>
		</Box>
	);
}

function Item({value, label, disabled, isSelected = false}: {value: string; label: string; disabled?: string; isSelected?: boolean}) {
	const isDisabled = disabled !== undefined;
	return (
		<Text wrap='truncate' bold={isSelected} dimColor={isDisabled}>
			{value.padEnd(4)}
			{label}
			{isDisabled ? `  (${disabled})` : ''}
		</Text>
	);
}
