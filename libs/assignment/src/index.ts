export {
  ASSIGNMENT_LIMITS,
  type Assigned,
  type Assignment,
  type AssignmentFault,
  type AssignmentRules,
  CHOICES,
  type Choice,
  type CompiledAssignment,
  compileAssignment,
  type ReviewerRule,
  reviewerPlaces,
  reviewersOf,
} from './assignment.js'
export { chooseMember, type Load } from './choose.js'
export { type AssignmentFields, type RequestFacts, requestFields, type TicketFacts, ticketFields } from './fields.js'
