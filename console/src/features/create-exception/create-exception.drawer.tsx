export function CreateExceptionDrawer() {
  return null
}
