export { type CompileResult, compileQuery } from './compile.js'
export { evaluate, evaluateLeaf, holds, passes } from './evaluate.js'
export { explain, explainHeld, heldLiterals, isConjunction } from './explain.js'
export type { QueryFault, QueryFaultCode } from './faults.js'
export {
  describeFields,
  type Field,
  type FieldDefinition,
  type FieldRegistry,
  type FieldType,
  type FieldValue,
  type InstanceFields,
  type InstanceRow,
  instanceFields,
  type Row,
  type RowFieldName,
  type RowOf,
} from './fields.js'
export { format, formatLeaf, formatLiteral } from './format.js'
export { InterpretingMatcher } from './interpreting-matcher.js'
export { LIMITS } from './limits.js'
export type { MatchedPairs, Matcher } from './matcher.js'
export { isTimeRelative, nextFlip } from './next-flip.js'
export { hashQuery, leafKey, leavesOf, literalsOf, sameQuery, toNormal } from './normal-form.js'
export { type Pin, pinsOf, shareOf } from './pins.js'
export type * from './query.js'
export { type Column, type Columns, type ColumnType, type InstanceColumns, type SqlCondition, toSql } from './sql.js'
export { boolOf, isKnown, numberOf, textsOf, timeOf } from './values.js'
