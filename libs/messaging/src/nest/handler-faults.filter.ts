import { Catch, type RpcExceptionFilter } from '@nestjs/common'
import { type Observable, throwError } from 'rxjs'

/** Lets a handler's own error reach the carrier: Nest's default filter replaces it by "Internal server error". */
@Catch()
export class HandlerFaultsFilter implements RpcExceptionFilter {
  catch(fault: unknown): Observable<never> {
    return throwError(() => fault)
  }
}
