/** The families that a configuration asks for. */
import { ALL_FAMILIES } from './all-families.ts';
import type { Family, ObjectFamilies } from './family.ts';
import { type AllowList, annotationsFamily, labelsFamily } from './label-families.ts';

export interface FamilyChoice {
  /** Names of resources: 'pods'. */
  readonly resources: readonly string[];
  /** By name of a resource. */
  readonly labelsAllowList: Readonly<Record<string, AllowList>>;
  readonly annotationsAllowList: Readonly<Record<string, AllowList>>;
  /** Names of families that are only there when they are asked for. */
  readonly optIn: readonly string[];
}

/** In the order of the alphabet, families of one resource too. */
export function chooseFamilies(choice: FamilyChoice): readonly ObjectFamilies[] {
  return ALL_FAMILIES.filter(({ name }) => choice.resources.includes(name)).map((one) => ({
    ...one,
    families: familiesOf(one, choice).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }));
}

function familiesOf(of: ObjectFamilies, choice: FamilyChoice): readonly Family[] {
  const { name, prefix, mapped, families, optIn = [] } = of;
  const labels = choice.labelsAllowList[name] ?? [];
  const annotations = choice.annotationsAllowList[name] ?? [];
  return [
    ...families,
    ...optIn.filter((family) => choice.optIn.includes(family.name)),
    ...(mapped === 'none' ? [] : labelsFamily(prefix, labels)),
    ...(mapped === 'both' ? annotationsFamily(prefix, annotations) : []),
  ];
}
