import {Text} from 'ink';
import SelectInput from 'ink-select-input';

export type ListedChoice = {
	key: string;
	label: string;
	/** Why it cannot be chosen; it stays in its place. */
	disabled?: string | undefined;
};

type Props = {
	choices: readonly ListedChoice[];
	selected: number;
	/** How many rows there are for it. */
	rows: number;
};

/**
 * A list of keys and labels, drawn by ink-select-input. The list takes no keys of its own: it would act on digits by
 * position and on keys that were meant for the next screen. The console's state says which item is highlighted, and the
 * list is made anew when that changes.
 */
export function ChoiceList({choices, selected, rows}: Props) {
	const items = choices.map(choice => ({...choice, key: choice.key, value: choice.key}));
	return (
		<SelectInput
			key={`${selected}/${rows}/${items.length}`}
			items={items}
			initialIndex={selected}
			limit={Math.max(1, rows)}
			isFocused={false}
			indicatorComponent={Indicator}
			itemComponent={Item as never}
		/>
	);
}

function Indicator({isSelected = false}: {isSelected?: boolean}) {
	return <Text bold>{isSelected ? '> ' : '  '}</Text>;
}

function Item({value, label, disabled, isSelected = false}: {value: string; label: string; disabled?: string; isSelected?: boolean}) {
	const isDisabled = disabled !== undefined;
	return (
		<Text wrap='truncate' bold={isSelected} dimColor={isDisabled}>
			{value.padEnd(4)}{label}{isDisabled ? `  (${disabled})` : ''}
		</Text>
	);
}
