import 'reflect-metadata'
import { createParamDecorator, type ExecutionContext, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common'
import { RouteConfig } from '@nestjs/platform-fastify'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RouteInput, RouteSpec } from './route.js'
import { routeInput } from './route-input.js'

export const ROUTE_SPEC = Symbol('ROUTE_SPEC')

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Put there by `@Route`, read by the edge before the body is. */
    routeSpec?: RouteSpec
  }
}

const Input = createParamDecorator((spec: RouteSpec, context: ExecutionContext) => {
  const http = context.switchToHttp()
  return routeInput(spec, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>())
})

/** Makes a controller's method the handler of a route: it gets one `RouteInput`, and returns the body or an `Answer`. */
export function Route<const S extends RouteSpec>(spec: S) {
  return <H extends (input: RouteInput<S>) => Promise<unknown>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    SetMetadata(ROUTE_SPEC, spec)(target, key, descriptor)
    RouteConfig({ routeSpec: spec })(target, key, descriptor)
    RequestMapping({ method: RequestMethod[spec.method], path: nestPath(spec.path) })(target, key, descriptor)
    Input(spec)(target, key, 0)
  }
}

/** The spec of a controller's method, or undefined if it is none of ours. */
export const specOf = (handler: object): RouteSpec | undefined => Reflect.getMetadata(ROUTE_SPEC, handler)

const nestPath = (path: string): string => path.replace(/\{(\w+)\}/g, ':$1')
