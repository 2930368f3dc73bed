import { notifications } from '@mantine/notifications'
import { ApiProblem, messageOf } from '../api/problem.js'

/** Says briefly that something was done. */
export const done = (message: string): void => {
  notifications.show({ message, color: 'teal', autoClose: 3_500 })
}

/** Says why something was not done, where there is no field that it belongs to. */
export const refused = (error: unknown): void => {
  notifications.show({
    title: error instanceof ApiProblem ? error.title : 'Something went wrong',
    message: messageOf(error),
    color: 'red',
    autoClose: 8_000,
  })
}
