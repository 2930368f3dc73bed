// Made from services/gateway/openapi.json by `npm run openapi`.
export interface paths {
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Public keys that tokens are verified with */
        get: operations["getKeySet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What waits for your decision, oldest first */
        get: operations["listWaitingApprovals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/approvals/{exceptionId}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve or deny the step in effect, for good
         * @description Only the approver chosen for that step can. Any denial ends the request; the last approval makes the exception active.
         *
         *     |  | approver of the step in effect (at its end, where it ended early) | who decided a step, or holds one that is decided | approver of a later step | its requester | anyone else, of any role |
         *     | --- | --- | --- | --- | --- | --- |
         *     | the request waits | **yes** | 409 `ALREADY_DECIDED` | 403 `NOT_YOUR_STEP` | 403 `NOT_YOUR_STEP` | 403 `NOT_YOUR_STEP` |
         *     | its end passed while it waited | 409 `WRONG_STATUS` | 409 `ALREADY_DECIDED` | 403 `NOT_YOUR_STEP` | 403 `NOT_YOUR_STEP` | 403 `NOT_YOUR_STEP` |
         *     | all its steps are approved | 409 `ALREADY_DECIDED` | 409 `ALREADY_DECIDED` | 409 `ALREADY_DECIDED` | 403 `NOT_YOUR_STEP` | 403 `NOT_YOUR_STEP` |
         *     | it was denied, withdrawn, or lapsed | 409 `WRONG_STATUS` | 409 `ALREADY_DECIDED` | 409 `WRONG_STATUS` | 403 `NOT_YOUR_STEP` | 403 `NOT_YOUR_STEP` |
         *
         *     With `step`, one that was decided is 409 `ALREADY_DECIDED`, and a later one 403 `NOT_YOUR_STEP`. Under Auto Pilot no step is anybody's: 403 `NOT_YOUR_STEP`. A token with permissions of its own cannot decide: 403 `NOT_ALLOWED`.
         */
        post: operations["decide"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/approvals/{exceptionId}/hand-over": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an approver’s part to another person
         * @description To another candidate of the step, or to any active person if no candidate is left; never to the requester. Of a pending request a step that is not decided; of an active exception any (whoever holds one may deactivate it).
         *
         *     That is what those do who have `rules.manage`:
         *
         *     |  | a step that is not decided | a decided step | any step of an exception that is known to be active | any step of an exception that is over |
         *     | --- | --- | --- | --- | --- |
         *     | the request waits | **yes** | 409 `ALREADY_DECIDED` | 409 `ALREADY_DECIDED` | 409 `WRONG_STATUS` |
         *     | its end passed while it waited | 409 `WRONG_STATUS` | 409 `WRONG_STATUS` | 409 `WRONG_STATUS` | 409 `WRONG_STATUS` |
         *     | all its steps are approved | 409 `WRONG_STATUS` | 409 `ALREADY_DECIDED` | **yes** | 409 `WRONG_STATUS` |
         *     | it was denied, withdrawn, or lapsed | 409 `WRONG_STATUS` | 409 `WRONG_STATUS` | 409 `WRONG_STATUS` | 409 `WRONG_STATUS` |
         *
         *     The reviewer of a request from a ticket can hand their own part to another candidate while it waits:
         *
         *     |  | approver of the step in effect (at its end, where it ended early) | who decided a step, or holds one that is decided | approver of a later step | its requester | anyone else, of any role |
         *     | --- | --- | --- | --- | --- | --- |
         *     | the request waits | **yes** | 409 `ALREADY_DECIDED` | 403 `NOT_YOUR_STEP` | 403 `NOT_YOUR_STEP` | 403 `NOT_YOUR_STEP` |
         *     | its end passed while it waited | 409 `WRONG_STATUS` | 409 `ALREADY_DECIDED` | 403 `NOT_YOUR_STEP` | 403 `NOT_YOUR_STEP` | 403 `NOT_YOUR_STEP` |
         *     | all its steps are approved | 409 `ALREADY_DECIDED` | 409 `ALREADY_DECIDED` | 409 `ALREADY_DECIDED` | 403 `NOT_YOUR_STEP` | 403 `NOT_YOUR_STEP` |
         *     | it was denied, withdrawn, or lapsed | 409 `WRONG_STATUS` | 409 `ALREADY_DECIDED` | 409 `WRONG_STATUS` | 403 `NOT_YOUR_STEP` | 403 `NOT_YOUR_STEP` |
         *
         *     Of any other request: 403 `NOT_PERMITTED`.
         */
        post: operations["handOverStep"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/approvals/{exceptionId}/steps/{step}/candidates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whom a step could be handed over to
         * @description For those who may hand it over.
         */
        get: operations["listHandOverCandidates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assignment-fields": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the conditions of an assigned step can ask about
         * @description Needs `rules.manage` or `audit.read`.
         */
        get: operations["listAssignmentFields"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The journal of every change, newest first
         * @description With `Accept: text/csv` all that the filters select, as one stream; `limit` and `cursor` then do not count.
         *
         *     Needs `audit.read`.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/audit/verification": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follows the chain of the journal
         * @description Computes the hash of every entry after a position anew, in the order of their positions. With `next` there is more to verify. Noting `head` elsewhere shows later whether the newest entries were cut off.
         *
         *     Needs `audit.read`.
         */
        get: operations["verifyAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Records that a consumer could not handle, newest first
         * @description Of all topics and services, for 30 days after they failed last.
         *
         *     Needs `operations.manage`.
         */
        get: operations["listDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/dead-letters/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One of them, with its record
         * @description Needs `operations.manage`.
         */
        get: operations["readDeadLetter"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/dead-letters/{id}/discard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Says that the record need not be handled any more
         * @description It stays readable until it is forgotten. Asking again changes nothing.
         *
         *     Needs `operations.manage`.
         */
        post: operations["discardDeadLetter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/dead-letters/{id}/redrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Hands the record to the consumer that failed, once more
         * @description To that consumer only, and byte for byte. Asking again while it is on its way does nothing more. A record that fails again is dead once more; nothing redrives it by itself.
         *
         *     Needs `operations.manage`.
         */
        post: operations["redriveDeadLetter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/diagnostics/approvals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How approvals and what it stands on are
         * @description One process of the service looks at its database, schema, topics, clock, outbox, consumers and background work. `reprieve doctor` asks all services.
         *
         *     Needs `operations.manage`.
         */
        get: operations["diagnose_approvals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/diagnostics/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How audit and what it stands on are
         * @description One process of the service looks at its database, schema, topics, clock, outbox, consumers and background work. `reprieve doctor` asks all services.
         *
         *     Needs `operations.manage`.
         */
        get: operations["diagnose_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/diagnostics/directory": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How directory and what it stands on are
         * @description One process of the service looks at its database, schema, topics, clock, outbox, consumers and background work. `reprieve doctor` asks all services.
         *
         *     Needs `operations.manage`.
         */
        get: operations["diagnose_directory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/diagnostics/exceptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How exceptions and what it stands on are
         * @description One process of the service looks at its database, schema, topics, clock, outbox, consumers and background work. `reprieve doctor` asks all services.
         *
         *     Needs `operations.manage`.
         */
        get: operations["diagnose_exceptions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/diagnostics/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How notifications and what it stands on are
         * @description One process of the service looks at its database, schema, topics, clock, outbox, consumers and background work. `reprieve doctor` asks all services.
         *
         *     Needs `operations.manage`.
         */
        get: operations["diagnose_notifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/diagnostics/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How rules and what it stands on are
         * @description One process of the service looks at its database, schema, topics, clock, outbox, consumers and background work. `reprieve doctor` asks all services.
         *
         *     Needs `operations.manage`.
         */
        get: operations["diagnose_rules"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/diagnostics/scope": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How scope and what it stands on are
         * @description One process of the service looks at its database, schema, topics, clock, outbox, consumers and background work. `reprieve doctor` asks all services.
         *
         *     Needs `operations.manage`.
         */
        get: operations["diagnose_scope"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/diagnostics/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How tickets and what it stands on are
         * @description One process of the service looks at its database, schema, topics, clock, outbox, consumers and background work. `reprieve doctor` asks all services.
         *
         *     Needs `operations.manage`.
         */
        get: operations["diagnose_tickets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Live updates, as server-sent events
         * @description Each is `{ type, subject: { kind, id }, at }`: that something changed, to be read anew by its own route. Only about what the caller may see, as they may see it at that moment.
         *
         *     With `Last-Event-ID` what was missed since comes first. Where that is not known any more there is one event named `reset`: load anew, and go on listening. The stream ends with the token, the session or the account.
         */
        get: operations["listen"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a file before asking for an exception
         * @description With `exceptions.request`, or a role that may ask from tickets. The request then names it in `evidenceIds`. A file that no request uses goes away after a day. What it is, is told by its content.
         */
        post: operations["uploadEvidence"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exceptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The Exception Table
         * @description With `Accept: text/csv` (or `export`) all that the filters select comes as a file, which needs `exceptions.export`, too: each exception that was there when it began once, in one order. One that is cut short ends without a proper end.
         *
         *     Needs `exceptions.read`.
         */
        get: operations["listExceptions"];
        put?: never;
        /**
         * Request an exception
         * @description Under Auto Pilot the answer’s status is `active`; otherwise it waits for its first approver. The query is copied into a managed one.
         *
         *     Needs `exceptions.request`.
         */
        post: operations["requestException"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exceptions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One exception
         * @description For those who may read every exception, its requester, and whoever holds one of its steps.
         */
        get: operations["readException"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exceptions/{id}/comments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was said about an exception */
        get: operations["listExceptionComments"];
        put?: never;
        /**
         * Say something about an exception
         * @description Whoever can read it can comment, whatever its status.
         */
        post: operations["commentOnException"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exceptions/{id}/deactivate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End an active exception, for good
         * @description Under Auto Pilot its requester can; otherwise any one of its approvers.
         *
         *     |  | its requester, under Auto Pilot | its requester, with approvers | an approver of any of its steps | anyone else, of any role |
         *     | --- | --- | --- | --- | --- |
         *     | `pendingApproval` | 409 `WRONG_STATUS` | 403 `NOT_ALLOWED` | 409 `WRONG_STATUS` | 403 `NOT_ALLOWED` |
         *     | `active` | **yes** | 403 `NOT_ALLOWED` | **yes** | 403 `NOT_ALLOWED` |
         *     | `denied` | 409 `WRONG_STATUS` | 403 `NOT_ALLOWED` | 409 `WRONG_STATUS` | 403 `NOT_ALLOWED` |
         *     | `expired` | 409 `WRONG_STATUS` | 403 `NOT_ALLOWED` | 409 `WRONG_STATUS` | 403 `NOT_ALLOWED` |
         *     | `deactivated` | 409 `WRONG_STATUS` | 403 `NOT_ALLOWED` | 409 `WRONG_STATUS` | 403 `NOT_ALLOWED` |
         *     | `withdrawn` | 409 `WRONG_STATUS` | 403 `NOT_ALLOWED` | 409 `WRONG_STATUS` | 403 `NOT_ALLOWED` |
         *
         *     An active exception whose end has come counts as expired. A token with permissions of its own cannot deactivate as an approver, and as a requester only with `exceptions.request`: 403 `NOT_ALLOWED`.
         */
        post: operations["deactivateException"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exceptions/{id}/evidence": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The files of an exception */
        get: operations["listEvidence"];
        put?: never;
        /**
         * Add a file to an exception
         * @description Its requester can, while it is pending or active; at most 20 files in all.
         */
        post: operations["addEvidence"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exceptions/{id}/evidence/{fileId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download a file of an exception
         * @description For whoever can read the exception. Always a download: never shown in the page that links to it.
         */
        get: operations["readEvidence"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exceptions/{id}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every change of an exception, oldest first */
        get: operations["readExceptionHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exceptions/{id}/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What an exception covers, would cover, or covered
         * @description While it waits: what it would cover. While it is in force: what it covers. Once it has ended: what it covered at its end. With `asOf`: at that time.
         */
        get: operations["listExceptionInstances"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exceptions/{id}/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take back your pending request, for good
         * @description |  | approver of the step in effect (at its end, where it ended early) | who decided a step, or holds one that is decided | approver of a later step | its requester | anyone else, of any role |
         *     | --- | --- | --- | --- | --- | --- |
         *     | the request waits | 403 `NOT_ALLOWED` | 403 `NOT_ALLOWED` | 403 `NOT_ALLOWED` | **yes** | 403 `NOT_ALLOWED` |
         *     | its end passed while it waited | 403 `NOT_ALLOWED` | 403 `NOT_ALLOWED` | 403 `NOT_ALLOWED` | 409 `WRONG_STATUS` | 403 `NOT_ALLOWED` |
         *     | all its steps are approved | 403 `NOT_ALLOWED` | 403 `NOT_ALLOWED` | 403 `NOT_ALLOWED` | 409 `WRONG_STATUS` | 403 `NOT_ALLOWED` |
         *     | it was denied, withdrawn, or lapsed | 403 `NOT_ALLOWED` | 403 `NOT_ALLOWED` | 403 `NOT_ALLOWED` | 409 `WRONG_STATUS` | 403 `NOT_ALLOWED` |
         *
         *     A request under Auto Pilot never waited: 409 `WRONG_STATUS` for its requester. A token with permissions of its own needs `exceptions.request` among them: 403 `NOT_ALLOWED`.
         */
        post: operations["withdrawException"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/exceptions/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Who would decide such a request
         * @description Keeps nothing. Of a step that is assigned, whom the conditions assign if it were requested now; where several are as good it may be another one by then.
         *
         *     Needs `exceptions.request`.
         */
        post: operations["previewApprovers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/external-tickets/{source}/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * A ticket that another system keeps, too
         * @description By that system’s own key; saying the same again does nothing. Only what it says differently from the last time is taken over, so what was changed here in between stays.
         *
         *     Needs `tickets.manage`.
         */
        put: operations["putExternalTicket"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/feeds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is known from the feeds of vulnerability data, and how taking them went last
         * @description Needs `operations.manage`.
         */
        get: operations["listFeeds"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/feeds/{name}/takes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a feed now
         * @description One goes on at a time for each feed: while one does, it is answered.
         *
         *     Needs `operations.manage`.
         */
        post: operations["takeFeed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/fields": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The fields a query can use */
        get: operations["listFields"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Groups with their members
         * @description Needs `users.manage` or `audit.read`.
         */
        get: operations["listGroups"];
        put?: never;
        /**
         * Make a group
         * @description Needs `users.manage`.
         */
        post: operations["createGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/groups/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One group
         * @description Needs `users.manage` or `audit.read`.
         */
        get: operations["getGroup"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Rename a group or replace its members
         * @description Needs `users.manage`.
         */
        patch: operations["changeGroup"];
        trace?: never;
    };
    "/instances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Instances: vulnerabilities on assets
         * @description Needs `instances.read`.
         */
        get: operations["listInstances"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/instances/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One instance
         * @description The id of an instance that turned out to be the same as another one answers that one.
         *
         *     Needs `instances.read`.
         */
        get: operations["readInstance"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/instances/{id}/coverage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * By what an instance is and was covered, and why
         * @description Needs `instances.read`.
         */
        get: operations["readCoverage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/instances/{id}/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which open tickets an instance is one of
         * @description A hundred at most. `GET /tickets/{id}` tells of each.
         *
         *     Needs `instances.read`.
         */
        get: operations["listInstanceTickets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/instances/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish instance events
         * @description Lines of JSON, each a `reprieve.scanner.v1.InstanceEvent`. What is sound is on its way to the topic when this answers; what is not is told by line.
         *
         *     Needs `instances.publish`.
         */
        post: operations["publishInstances"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mail-templates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What mails say, for each kind
         * @description Handlebars: fields as `{{exceptionName}}`, and `{{#if}}`, `{{#unless}}`, `{{#each}}`. HTML escapes every value.
         *
         *     Needs `operations.manage`.
         */
        get: operations["listMailTemplates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mail-templates/{kind}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a kind’s mails say
         * @description Needs `operations.manage`.
         */
        get: operations["getMailTemplate"];
        /**
         * Edit what a kind’s mails say
         * @description Handlebars: fields as `{{exceptionName}}`, and `{{#if}}`, `{{#unless}}`, `{{#each}}`. HTML escapes every value. Greeting, footer and link stay around it. Every fault is told with its line and column. The next mail uses it.
         *
         *     Needs `operations.manage`.
         */
        put: operations["putMailTemplate"];
        post?: never;
        /**
         * Go back to the product’s own template
         * @description Needs `operations.manage`.
         */
        delete: operations["deleteMailTemplate"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mail-templates/{kind}/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * See a mail as it would be
         * @description Of something made up, with the parts given; the others are as they are now. Nothing is stored or sent.
         *
         *     Needs `operations.manage`.
         */
        post: operations["previewMailTemplate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/mails": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every mail, and what came of it
         * @description How often each was tried, what went wrong, when it was sent and what the mail server answered. Of old ones nothing is kept.
         *
         *     Needs `operations.manage`.
         */
        get: operations["listMails"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in, and what they may do */
        get: operations["getMe"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/notifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the caller has been told of, newest first
         * @description Kinds that the caller has switched off in the product are left out; old ones are not kept.
         */
        get: operations["listMyNotifications"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Marks notifications of the caller as read or unread
         * @description Those named by `ids`, or all; with `until` only those that were there at that time, so that nothing is marked which the caller has not seen. Ids of others are passed over. Doing it again changes nothing, so no `If-Match` is asked for.
         */
        patch: operations["markMyNotifications"];
        trace?: never;
    };
    "/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Take a new password
         * @description Ends all other sessions.
         */
        put: operations["changeOwnPassword"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/me/preferences": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What the caller wants to be told of, and how */
        get: operations["getMyPreferences"];
        /**
         * Say what to be told of, and how
         * @description For what happens from now on. Kinds that are left out are on. `decision_waits` and `handed_over` cannot be switched off, since others wait for the caller; the day’s mail may collect them, and the list of notifications shows them meanwhile.
         */
        put: operations["putMyPreferences"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Saved and managed queries
         * @description Needs `instances.read`.
         */
        get: operations["listQueries"];
        put?: never;
        /**
         * Save a query
         * @description Needs `queries.write`.
         */
        post: operations["createQuery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/queries/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One query
         * @description Needs `instances.read`.
         */
        get: operations["readQuery"];
        put?: never;
        post?: never;
        /**
         * Delete a saved query
         * @description Needs `queries.write`.
         */
        delete: operations["deleteQuery"];
        options?: never;
        head?: never;
        /**
         * Change a saved query
         * @description Its owner or an administrator can. Exceptions that were granted for it keep their copies.
         *
         *     Needs `queries.write`.
         */
        patch: operations["editQuery"];
        trace?: never;
    };
    "/queries/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * What a query selects now
         * @description Of open instances, counted to the last one. While the inventory is not in memory (just after a start, say), all numbers beyond ten thousand are those of the first ten thousand, and not exact.
         *
         *     Needs `instances.read`.
         */
        post: operations["previewQuery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reconciliations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the last reconciliations found
         * @description Needs `operations.manage`.
         */
        get: operations["listReconciliations"];
        put?: never;
        /**
         * Prove that stored membership equals what the queries say
         * @description Differences are told and mended. One goes on at a time: while one does, it is answered.
         *
         *     Needs `operations.manage`.
         */
        post: operations["startReconciliation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Reports and what became of them
         * @description One’s own; all of them for operators and auditors.
         *
         *     Needs `instances.publish` or `operations.manage` or `audit.read`.
         */
        get: operations["listReports"];
        put?: never;
        /**
         * Send the report of a scanner
         * @description CycloneDX, SARIF, OCSF, Grype, Trivy or OSV-Scanner, told by its content. It is safely kept when this answers, and taken in afterwards. Unless `partial`, it is one complete scan, by its scanner, of the assets it names: what it does not report there any more is closed.
         *
         *     Needs `instances.publish`.
         */
        post: operations["uploadReport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/reports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One report and what became of it
         * @description Needs `instances.publish` or `operations.manage` or `audit.read`.
         */
        get: operations["readReport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/republications/approvals.v1": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish everything on approvals.v1 again
         * @description Every aggregate as it is now, marked as a replay: read models follow, and nobody is told of it.
         *
         *     Needs `operations.manage`.
         */
        post: operations["republish_approvals_v1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/republications/coverage.v1": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish everything on coverage.v1 again
         * @description Every aggregate as it is now, marked as a replay: read models follow, and nobody is told of it.
         *
         *     Needs `operations.manage`.
         */
        post: operations["republish_coverage_v1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/republications/directory.v1": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish everything on directory.v1 again
         * @description Every aggregate as it is now, marked as a replay: read models follow, and nobody is told of it.
         *
         *     Needs `operations.manage`.
         */
        post: operations["republish_directory_v1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/republications/exceptions.v1": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish everything on exceptions.v1 again
         * @description Every aggregate as it is now, marked as a replay: read models follow, and nobody is told of it.
         *
         *     Needs `operations.manage`.
         */
        post: operations["republish_exceptions_v1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/republications/rules.v1": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish everything on rules.v1 again
         * @description Every aggregate as it is now, marked as a replay: read models follow, and nobody is told of it.
         *
         *     Needs `operations.manage`.
         */
        post: operations["republish_rules_v1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/republications/scope.v1": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish everything on scope.v1 again
         * @description Every aggregate as it is now, marked as a replay: read models follow, and nobody is told of it.
         *
         *     Needs `operations.manage`.
         */
        post: operations["republish_scope_v1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/republications/ticket-counts.v1": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish everything on ticket-counts.v1 again
         * @description Every aggregate as it is now, marked as a replay: read models follow, and nobody is told of it.
         *
         *     Needs `operations.manage`.
         */
        post: operations["republish_ticket-counts_v1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/republications/tickets.v1": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Publish everything on tickets.v1 again
         * @description Every aggregate as it is now, marked as a replay: read models follow, and nobody is told of it.
         *
         *     Needs `operations.manage`.
         */
        post: operations["republish_tickets_v1"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/request-form": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the caller’s rule asks for
         * @description The rule of the caller’s role, its groups resolved to people, without the inactive and without the caller. A step with an empty list has nobody left to decide it: a request would be refused. The approver of an `assigned` step is found as the request comes (`POST /exceptions/dry-run` tells whom that would be): there is nothing to choose.
         *
         *     Needs `exceptions.request`.
         */
        get: operations["getRequestForm"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Roles and what they allow
         * @description Needs `users.manage` or `audit.read`.
         */
        get: operations["listRoles"];
        put?: never;
        /**
         * Make a role
         * @description Needs `users.manage`.
         */
        post: operations["createRole"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/roles/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One role
         * @description Needs `users.manage` or `audit.read`.
         */
        get: operations["getRole"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change what a role allows
         * @description Takes effect for everybody who has the role. Its name stays: rules and users refer to it.
         *
         *     Needs `users.manage`.
         */
        patch: operations["changeRole"];
        trace?: never;
    };
    "/rule-candidates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Users and groups that a rule can name
         * @description For whoever writes rules without managing users: active users, and groups with the number of active members.
         *
         *     Needs `rules.manage` or `audit.read`.
         */
        get: operations["listRuleCandidates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Rules
         * @description Needs `rules.manage` or `audit.read`.
         */
        get: operations["listRules"];
        put?: never;
        /**
         * Make the rule for a role
         * @description One rule a role. Rules are never deleted, only edited.
         *
         *     Needs `rules.manage`.
         */
        post: operations["createRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One rule
         * @description Needs `rules.manage` or `audit.read`.
         */
        get: operations["getRule"];
        /**
         * Edit a rule
         * @description Makes the rule’s next version. It applies to later requests; existing exceptions keep the workflow they were made with. A rule stays with its role.
         *
         *     Needs `rules.manage`.
         */
        put: operations["editRule"];
        post?: never;
        /**
         * Never possible
         * @description Rules are never deleted: exceptions refer to them. Edit the rule instead.
         *
         *     Needs `rules.manage`.
         */
        delete: operations["deleteRule"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/rules/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a rule said, and when
         * @description Needs `rules.manage` or `audit.read`.
         */
        get: operations["listRuleVersions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/scans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How scans went: what was announced, what arrived, what was closed
         * @description Needs `instances.read` or `instances.publish`.
         */
        get: operations["listScans"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description Answers a token for `Authorization: Bearer …` and sets it as a cookie for the browser. Whatever is wrong, the refusal is the same.
         */
        post: operations["signIn"];
        /**
         * Sign out
         * @description The session counts for nothing any more, everywhere within about a second.
         */
        delete: operations["signOut"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/session/last-use": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say that the session is in use
         * @description A session that is not used for a while ends by itself. Every request to the API counts as use; this is for whoever makes none and is still there. For an access token it does nothing.
         */
        put: operations["noteSessionUse"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/due-dates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How long what is found may stay open
         * @description Of all that is true of an instance the fewest days count; a ticket is due with the first of its instances.
         *
         *     Needs `tickets.manage` or `audit.read`.
         */
        get: operations["readDueDatePolicy"];
        /**
         * Say how long what is found may stay open
         * @description Tickets that nobody gave a date move within seconds, each with this version as its cause; none while a deferral of it is in force. With `dryRun=true` nothing is saved: the answer’s `wouldMove` tells which tickets would move.
         *
         *     Needs `tickets.manage`.
         */
        put: operations["saveDueDatePolicy"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/exceptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who may ask for an exception from a ticket, and who reviews it
         * @description Needs `tickets.manage` or `audit.read`.
         */
        get: operations["readExceptionSettings"];
        /**
         * Say who may ask for an exception from a ticket, and who reviews it
         * @description It applies to later requests. A fault in a condition is told with its line and column.
         *
         *     Needs `tickets.manage`.
         */
        put: operations["saveExceptionSettings"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/exceptions/dry-run": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Who would review this?
         * @description Needs `tickets.manage`.
         */
        post: operations["tryReviewerRules"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/grouping-rules": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Rules that open tickets by themselves
         * @description Needs `tickets.manage` or `audit.read`.
         */
        get: operations["listGroupingRules"];
        put?: never;
        /**
         * Open a ticket for each group of instances
         * @description One for each owner and component, each asset, or each vulnerability, as its first instance is seen. It is done once nothing of its group is left, and opens again when something is found.
         *
         *     Needs `tickets.manage`.
         */
        post: operations["createGroupingRule"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/settings/grouping-rules/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Edit a grouping rule, or switch it off
         * @description What it groups by stays: make another rule for another grouping.
         *
         *     Needs `tickets.manage`.
         */
        patch: operations["editGroupingRule"];
        trace?: never;
    };
    "/signing-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Keys that sign tokens, will, or did
         * @description Needs `operations.manage` or `audit.read`.
         */
        get: operations["listSigningKeys"];
        put?: never;
        /**
         * Make the next signing key before its time
         * @description It is published at once and signs an hour later. The one it replaces still verifies what it signed until the last of that expires. Keys are replaced by themselves; this is for those who want to do it now.
         *
         *     Needs `operations.manage`.
         */
        post: operations["makeSigningKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/signing-keys/{kid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Refuse a leaked key at once
         * @description Everything it has signed counts for nothing within about a second, sessions and access tokens alike. Where no other key can sign, a new one does so at once.
         *
         *     Needs `operations.manage`.
         */
        delete: operations["retireSigningKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/summary": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many open instances there are, covered and not
         * @description Needs `instances.read`.
         */
        get: operations["readSummary"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/summary/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many open instances there were, covered and not
         * @description What was counted at the beginning of each hour, oldest first; of a day its last hour. Hours in which the service did not run are missing.
         *
         *     Needs `instances.read`.
         */
        get: operations["readSummaryHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Remediation tickets
         * @description Needs `tickets.write` or `tickets.manage` or `audit.read`.
         */
        get: operations["listTickets"];
        put?: never;
        /**
         * Open a ticket
         * @description Without a due date the policy gives it one, as soon as its instances are counted.
         *
         *     Needs `tickets.write` or `tickets.manage`.
         */
        post: operations["createTicket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tickets/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One ticket, with all exceptions asked for from it
         * @description For those who may read every ticket, its owner, and whoever reviews what was asked from it.
         */
        get: operations["readTicket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Edit a ticket, call it done, or open it again
         * @description Due date, query and owner need `tickets.manage`. Where the ticket stands decides, too:
         *
         *     |  | title | owner | query | due date | a new policy | request an exception | done | open again |
         *     | --- | --- | --- | --- | --- | --- | --- | --- | --- |
         *     | open | **yes** | **yes** | **yes** | **yes** | **yes** | **yes** | **yes** | 409 `WRONG_STATUS` |
         *     | open, a request waits | **yes** | **yes** | 409 `REQUEST_WAITS` | **yes** | **yes** | 409 `REQUEST_WAITS` | **yes** | 409 `WRONG_STATUS` |
         *     | open, deferred | **yes** | **yes** | 409 `DEFERRAL_ACTIVE` | 409 `DEFERRAL_ACTIVE` | 409 `DEFERRAL_ACTIVE` | **yes** | **yes** | 409 `WRONG_STATUS` |
         *     | open, deferred, and a further request waits | **yes** | **yes** | 409 `DEFERRAL_ACTIVE` | 409 `DEFERRAL_ACTIVE` | 409 `DEFERRAL_ACTIVE` | 409 `REQUEST_WAITS` | **yes** | 409 `WRONG_STATUS` |
         *     | done | 409 `WRONG_STATUS` | 409 `WRONG_STATUS` | 409 `WRONG_STATUS` | 409 `WRONG_STATUS` | 409 `WRONG_STATUS` | 409 `WRONG_STATUS` | 409 `WRONG_STATUS` | **yes** |
         *
         *     Exceptions that wait or are in force end with a ticket that is done.
         *
         *     Needs `tickets.write` or `tickets.manage`.
         */
        patch: operations["editTicket"];
        trace?: never;
    };
    "/tickets/{id}/exceptions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for more time
         * @description By the ticket’s owner, with a role that the settings name. The reviewer is assigned by the settings’ rules. Approved, the due date moves to the proposed one.
         */
        post: operations["requestExceptionFromTicket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tickets/{id}/updates": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** All that happened to a ticket */
        get: operations["listTicketUpdates"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Access tokens: one’s own, or a user’s
         * @description The tokens themselves are not kept. Those of others need the permission users.manage.
         */
        get: operations["listTokens"];
        put?: never;
        /**
         * Make an access token, for oneself or for a service user
         * @description The token is shown in this answer only. It can be narrowed to some permissions, and never allows more than its owner and its maker may do. Tokens of service users need the permission users.manage.
         */
        post: operations["createToken"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an access token
         * @description It counts for nothing any more, everywhere within about a second.
         */
        delete: operations["revokeToken"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Users
         * @description Needs `users.manage` or `audit.read`.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Add a person or a service user
         * @description A person signs in with address and password; a service user has neither password nor session, only access tokens.
         *
         *     Needs `users.manage`.
         */
        post: operations["createUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One user
         * @description Needs `users.manage` or `audit.read`.
         */
        get: operations["getUser"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change or deactivate a user
         * @description What is given is set. A new password or a deactivation ends the user’s sessions. The last active administrator stays one.
         *
         *     Needs `users.manage`.
         */
        patch: operations["changeUser"];
        trace?: never;
    };
    "/webhook-hosts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Hosts to which webhooks may go though they are within the network
         * @description Needs `operations.manage`.
         */
        get: operations["getWebhookHosts"];
        /**
         * Allow webhooks to go to hosts within the network
         * @description For these, loopback and private addresses and plain http are allowed. Link-local addresses, where clouds serve their metadata, never are.
         *
         *     Needs `operations.manage`.
         */
        put: operations["putWebhookHosts"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Webhooks
         * @description Needs `operations.manage`.
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Have events sent to another system
         * @description Every event of the types named, from now on, as a `POST` of `{ type, timestamp, data }`, signed as Standard Webhooks says (`webhook-id`, `webhook-timestamp`, `webhook-signature`). What is not answered with 2xx within 20 s is sent again over three days with the same `webhook-id`. Addresses within the network, and plain http, only for hosts that `PUT /webhook-hosts` allows.
         *
         *     Needs `operations.manage`.
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One webhook
         * @description Needs `operations.manage`.
         */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /**
         * Forget a webhook with its deliveries
         * @description Needs `operations.manage`.
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /**
         * Change, disable or enable a webhook
         * @description Disabling drops what still waits to be sent. Enabling begins anew: what happened meanwhile is not sent later.
         *
         *     Needs `operations.manage`.
         */
        patch: operations["editWebhook"];
        trace?: never;
    };
    "/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was sent to a webhook, and what came of it
         * @description Needs `operations.manage`.
         */
        get: operations["listWebhookDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/ping": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a webhook something to try it
         * @description An event of type `webhook.ping`, sent once, also while the webhook is disabled. Its delivery tells what came of it.
         *
         *     Needs `operations.manage`.
         */
        post: operations["pingWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/webhooks/{id}/secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a new secret for a webhook
         * @description The one before signs beside it until `previousExpiresAt`: each request carries both signatures, so the receiver can change over at any time until then. Of older ones nothing is left.
         *
         *     Needs `operations.manage`.
         */
        post: operations["rotateWebhookSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Approval: {
            /** @description Index of the step in effect; the number of steps once all are approved. */
            currentStep: number;
            /** Format: uuid */
            exceptionId: string;
            resolvedAt: string | null;
            /**
             * @description What this makes of the exception, which follows within a second.
             * @enum {string}
             */
            status: "pendingApproval" | "active" | "denied" | "withdrawn" | "expired";
            steps: {
                approver: {
                    /** Format: uuid */
                    id: string;
                    name: string;
                };
                comment: string | null;
                decidedAt: string | null;
                decidedBy: {
                    /** Format: uuid */
                    id: string;
                    name: string;
                } | null;
                decision: ("approved" | "denied") | null;
                /** @description The files that whoever decided could see. */
                evidenceIds: string[];
                index: number;
            }[];
            waitingFor: {
                /** Format: uuid */
                id: string;
                name: string;
            } | null;
        };
        ApproversDryRun: {
            /** @description Days count from activation; a date runs to the end of that day in UTC; an instant is exclusive. A pending request whose end passes lapses. */
            expiration: {
                /** @constant */
                type: "never";
            } | {
                days: number;
                /** @constant */
                type: "days";
            } | {
                /** Format: date */
                date: string;
                /** @constant */
                type: "date";
            } | {
                /** Format: date-time */
                at: string;
                /** @constant */
                type: "at";
            };
            expression?: string;
            /** Format: uuid */
            queryId?: string;
            ruleVersion?: number;
            useCase?: string;
        };
        AssignmentField: {
            description: string;
            name: string;
            type: string;
            values?: string[];
        };
        AuditEntry: {
            /** @description Null where the system acted by itself. The name is the one borne then. */
            actor: {
                id: string;
                name: string;
            } | null;
            /**
             * Format: date-time
             * @description When it happened.
             */
            at: string;
            details: {
                /** @description What was changed. Texts beyond 10 000 characters are cut. */
                changes: {
                    field: string;
                    /** @description Any JSON value. */
                    from: unknown;
                    /** @description Any JSON value. */
                    to: unknown;
                }[];
            };
            /** @description SHA-256 over the entry before and this one, hexadecimal. */
            hash: string;
            /**
             * Format: uuid
             * @description Of the event that told of it.
             */
            id: string;
            /** @description Counts entries from 1, without a gap. */
            position: number;
            /** Format: date-time */
            recordedAt: string;
            subject: {
                id: string;
                /** @enum {string} */
                kind: "user" | "group" | "role" | "signingKey" | "accessToken" | "session" | "rule" | "exception" | "approval" | "query" | "coverage" | "notice" | "activity" | "network" | "report" | "reconciliation" | "feedTake" | "webhook" | "webhookHosts" | "mailTemplate" | "ticket" | "groupingRule" | "ticketSettings" | "deadLetter";
                name: string | null;
            };
            traceId: string | null;
            /** @description What happened: `exception.activated`, `user.signedIn`, `report.done`, … */
            type: string;
        };
        AuditVerification: {
            checked: number;
            /** @description The first entry that does not hold. */
            fault: {
                position: number;
                /** @enum {string} */
                what: "missing" | "changed";
            } | null;
            head: {
                hash: string;
                position: number;
            };
            intact: boolean;
            /** @description `after` for what is not verified yet. */
            next: number | null;
            /** @description Entries up to here were taken away by retention. */
            startsAfter: number;
        };
        DeadLetter: {
            /** @description How often the consumer was called for it, in all. */
            attempts: number;
            /** @description As the topic’s message where it is one. At most 16 384 characters. */
            body: {
                content: string;
                /** @enum {string} */
                format: "json" | "text" | "base64";
                truncated: boolean;
            };
            /** @description Of key and value. */
            bytes: number;
            /** @description Of the newest failure. */
            cause: {
                /**
                 * @description `RECORD_UNREADABLE`: its bytes are no message of the topic. `RECORD_REFUSED`: the consumer will never take it. `CONSUMER_FAILED`: a fault of the consumer, which may be mended by then.
                 * @enum {string}
                 */
                code: "RECORD_UNREADABLE" | "RECORD_REFUSED" | "CONSUMER_FAILED";
                message: string;
            };
            /** @description The consumer that failed; others have handled the record. */
            consumer: string;
            /** Format: date-time */
            failedAt: string;
            /** @description How often it came to the dead letters. */
            failures: number;
            /** Format: date-time */
            firstFailedAt: string;
            /** @description At most 50, 500 characters each; what looks like a secret is hidden. */
            headers: {
                [key: string]: string;
            };
            /** @description Its last twenty failures, newest first. */
            history: {
                attempts: number;
                cause: {
                    /**
                     * @description `RECORD_UNREADABLE`: its bytes are no message of the topic. `RECORD_REFUSED`: the consumer will never take it. `CONSUMER_FAILED`: a fault of the consumer, which may be mended by then.
                     * @enum {string}
                     */
                    code: "RECORD_UNREADABLE" | "RECORD_REFUSED" | "CONSUMER_FAILED";
                    message: string;
                };
                /** Format: date-time */
                failedAt: string;
                /** @description Which redrive it ended; 0 where it failed on its way. */
                redrive: number;
            }[];
            /** Format: uuid */
            id: string;
            /** @description At most 200 characters; base64 where it is no text. */
            key: string;
            offset: number;
            partition: number;
            /** Format: date-time */
            publishedAt: string;
            redrives: number;
            service: string;
            /** @description Who redrove or discarded it last. */
            settled: {
                /** Format: date-time */
                at: string;
                by: {
                    /** Format: uuid */
                    id: string;
                    name: string;
                };
                reason: string | null;
            } | null;
            /**
             * @description `redriven` is handled, unless it comes back: then it is `dead` again, with its failures counted.
             * @enum {string}
             */
            state: "dead" | "redriven" | "discarded";
            topic: string;
            traceId: string | null;
        };
        DeadLetterSummary: {
            /** @description How often the consumer was called for it, in all. */
            attempts: number;
            /** @description Of key and value. */
            bytes: number;
            /** @description Of the newest failure. */
            cause: {
                /**
                 * @description `RECORD_UNREADABLE`: its bytes are no message of the topic. `RECORD_REFUSED`: the consumer will never take it. `CONSUMER_FAILED`: a fault of the consumer, which may be mended by then.
                 * @enum {string}
                 */
                code: "RECORD_UNREADABLE" | "RECORD_REFUSED" | "CONSUMER_FAILED";
                message: string;
            };
            /** @description The consumer that failed; others have handled the record. */
            consumer: string;
            /** Format: date-time */
            failedAt: string;
            /** @description How often it came to the dead letters. */
            failures: number;
            /** Format: date-time */
            firstFailedAt: string;
            /** Format: uuid */
            id: string;
            /** @description At most 200 characters; base64 where it is no text. */
            key: string;
            offset: number;
            partition: number;
            /** Format: date-time */
            publishedAt: string;
            redrives: number;
            service: string;
            /** @description Who redrove or discarded it last. */
            settled: {
                /** Format: date-time */
                at: string;
                by: {
                    /** Format: uuid */
                    id: string;
                    name: string;
                };
                reason: string | null;
            } | null;
            /**
             * @description `redriven` is handled, unless it comes back: then it is `dead` again, with its failures counted.
             * @enum {string}
             */
            state: "dead" | "redriven" | "discarded";
            topic: string;
            traceId: string | null;
        };
        Diagnosis: {
            /** Format: date-time */
            at: string;
            checks: {
                /** @description What to do; null where nothing is to be done. */
                advice: string | null;
                found: string;
                /** @enum {string} */
                status: "ok" | "warn" | "fail";
                what: string;
            }[];
            service: string;
        };
        DueDatePolicy: {
            /** @description By the criticality of the asset. */
            criticality: {
                /** @description Days after the first sighting; null: no due date from this. */
                critical: number | null;
                /** @description Days after the first sighting; null: no due date from this. */
                high: number | null;
                /** @description Days after the first sighting; null: no due date from this. */
                low: number | null;
                /** @description Days after the first sighting; null: no due date from this. */
                medium: number | null;
            };
            /** @description For what is in the catalogue of known exploited vulnerabilities. */
            kev: number | null;
            /** @description By severity. */
            severity: {
                /** @description Days after the first sighting; null: no due date from this. */
                critical: number | null;
                /** @description Days after the first sighting; null: no due date from this. */
                high: number | null;
                /** @description Days after the first sighting; null: no due date from this. */
                low: number | null;
                /** @description Days after the first sighting; null: no due date from this. */
                medium: number | null;
                /** @description Days after the first sighting; null: no due date from this. */
                none: number | null;
                /** @description Days after the first sighting; null: no due date from this. */
                unknown: number | null;
            };
            version: number;
        };
        Evidence: {
            /** Format: date-time */
            addedAt: string;
            addedBy: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            /** Format: uuid */
            id: string;
            name: string;
            /** @description In hexadecimal. */
            sha256: string;
            /** @description Bytes. */
            size: number;
            /** @description The media type told by its content, whatever was said of it. */
            type: string;
        };
        Exception: {
            appliedSince: string | null;
            approval: {
                /** @description Index of the step in effect; the number of steps once all are approved. */
                currentStep: number;
                steps: {
                    approver: {
                        /** Format: uuid */
                        id: string;
                        name: string;
                    };
                    /** @description By which rule its first approver was assigned (null: the fallback). Null where the requester chose. */
                    assigned: {
                        rule: string | null;
                    } | null;
                    comment: string | null;
                    decidedAt: string | null;
                    /** @description Not the approver any more where a decided step was handed over. */
                    decidedBy: {
                        /** Format: uuid */
                        id: string;
                        name: string;
                    } | null;
                    decision: ("approved" | "denied") | null;
                    /** @description The files that whoever decided could see. */
                    evidenceIds: string[];
                    index: number;
                }[];
                /** @enum {string} */
                type: "autoPilot" | "approvers" | "reviewer";
            };
            approvers: {
                /** Format: uuid */
                id: string;
                name: string;
            }[];
            /** @enum {string} */
            effect: "suppress" | "defer";
            ended: {
                /** Format: date-time */
                at: string;
                by: {
                    /** Format: uuid */
                    id: string;
                    name: string;
                } | null;
                reason: string | null;
            } | null;
            evidenceLink: string | null;
            expiration: components["schemas"]["Expiration"];
            /** @description Exclusive. Known from the request on for a date or an instant. */
            expiresAt: string | null;
            /** Format: uuid */
            id: string;
            inForce: {
                /** Format: date-time */
                asOf: string;
                instances: number;
                /** Format: date-time */
                since: string;
            } | null;
            /** @description Open instances that its query selects. */
            instanceCount: number;
            justification: string;
            /** @enum {string} */
            kind: "query" | "ticket";
            name: string;
            /** @description The managed copy, made at submission; it never changes. */
            query: {
                expression: string;
                folder: string;
                /** Format: uuid */
                id: string;
                name: string;
            };
            /** Format: date-time */
            requestedAt: string;
            requestedBy: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            /** @constant */
            riskAcknowledged: true;
            rule: {
                /** Format: uuid */
                id: string;
                version: number;
            } | null;
            /** @description The saved query that was copied. */
            sourceQueryId: string | null;
            /** @enum {string} */
            status: "pendingApproval" | "active" | "denied" | "expired" | "deactivated" | "withdrawn";
            ticketId: string | null;
            useCase: string | null;
            version: number;
            waitingFor: {
                /** Format: uuid */
                id: string;
                name: string;
            } | null;
        };
        ExceptionChange: {
            /** @description Null where the system acted. */
            actor: {
                /** Format: uuid */
                id: string;
                name: string;
            } | null;
            /** Format: date-time */
            at: string;
            /** @description Files that came with it, or that whoever decided could see. */
            evidenceIds?: string[];
            /** @enum {string} */
            from?: "pendingApproval" | "active" | "denied" | "expired" | "deactivated" | "withdrawn";
            handedTo?: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            reason?: string;
            /** @description Index of the step that was decided or handed over. */
            step?: number;
            /** @enum {string} */
            to?: "pendingApproval" | "active" | "denied" | "expired" | "deactivated" | "withdrawn";
            /** @enum {string} */
            type: "submitted" | "stepApproved" | "handedOver" | "activated" | "denied" | "withdrawn" | "lapsed" | "expired" | "deactivated" | "evidenceAdded";
        };
        ExceptionComment: {
            /** Format: date-time */
            at: string;
            author: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            /** Format: uuid */
            id: string;
            text: string;
        };
        Expiration: {
            /** @constant */
            type: "never";
        } | {
            /** @description Counted from activation. */
            days: number;
            /** @constant */
            type: "days";
        } | {
            /**
             * Format: date
             * @description Runs to the end of that day in UTC.
             */
            date: string;
            /** @constant */
            type: "date";
        } | {
            /** Format: date-time */
            at: string;
            /** @constant */
            type: "at";
        };
        FeedTake: {
            /** @enum {string} */
            cause: "schedule" | "request";
            /** @description Vulnerabilities whose values are others now. */
            changed: number;
            /** @description The date that it gives itself. */
            dated: string | null;
            /** @description Read whole so far. */
            documents: string[];
            entries: number;
            failure: {
                code: string;
                /** @description Which document is broken, where and how. */
                detail: string;
            } | null;
            /** @enum {string} */
            feed: "kev" | "epss" | "nvd";
            finishedAt: string | null;
            /** Format: uuid */
            id: string;
            /** @description Those of them whose value has crossed one that a query in use compares it with: only their instances are matched again. */
            rematched: number;
            /** Format: date-time */
            startedAt: string;
            /**
             * @description `reading`: its documents are read aside, nothing has changed. `merging`, `settling`: what it says becomes what is known, vulnerability by vulnerability. `failed`: nothing has changed.
             * @enum {string}
             */
            status: "reading" | "merging" | "settling" | "done" | "failed";
        };
        Group: {
            /** Format: date-time */
            createdAt: string;
            /** Format: uuid */
            id: string;
            members: string[];
            name: string;
        };
        GroupingRule: {
            /** @enum {string} */
            by: "ownerAndComponent" | "asset" | "vulnerability";
            enabled: boolean;
            filter: string;
            /** Format: uuid */
            id: string;
            name: string;
            owner: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            version: number;
        };
        HandOverCandidates: {
            /** @description No candidate is left: any active person can be given the step. */
            anyone: boolean;
            /** @description Active candidates of the step, by name. */
            items: {
                /** Format: uuid */
                id: string;
                name: string;
            }[];
        };
        Instance: {
            /** @description All its ids, the canonical one among them. */
            aliases: string[];
            asset: {
                businessUnit: string | null;
                criticality: string | null;
                environment: string | null;
                exposure: string | null;
                id: string;
                name: string;
                os: string | null;
                owner: string | null;
                tags: string[] | null;
                /** @enum {string} */
                type: "host" | "container" | "image" | "repository" | "cloudResource" | "application" | "unknown";
            };
            attributions: {
                closedAt: string | null;
                componentVersion: string | null;
                cvss: number | null;
                cvssVector: string | null;
                epss: number | null;
                /** Format: date-time */
                firstSeen: string;
                fixAvailable: boolean | null;
                fixedVersions: string[];
                kev: boolean | null;
                /** Format: date-time */
                lastSeen: string;
                location: string | null;
                scanId: string;
                scanner: string;
                scannerSeverity: string | null;
                /** @enum {string} */
                severity: "critical" | "high" | "medium" | "low" | "none" | "unknown";
                /** @enum {string} */
                status: "open" | "closed";
                /** @description Marked so by the report itself; for information. */
                suppressed: boolean;
                title: string | null;
            }[];
            closedAt: string | null;
            component: {
                name: string | null;
                purl: string | null;
                version: string | null;
            };
            /** @description Exceptions in force that suppress it. */
            coveredBy: string[];
            cvss: number | null;
            /** @description Exceptions in force that defer it. */
            deferredBy: string[];
            description: string | null;
            epss: number | null;
            /** Format: date-time */
            firstSeen: string;
            fixAvailable: boolean | null;
            /** Format: uuid */
            id: string;
            kev: boolean | null;
            /** Format: date-time */
            lastSeen: string;
            link: string | null;
            location: string | null;
            port: number | null;
            /**
             * @description The highest that a scanner reporting it now gives.
             * @enum {string}
             */
            severity: "critical" | "high" | "medium" | "low" | "none" | "unknown";
            /** @enum {string} */
            status: "open" | "closed";
            title: string | null;
            /** @description Its canonical id: the CVE where there is one. */
            vulnerability: string;
        };
        Mail: {
            attempts: number;
            /** Format: date-time */
            createdAt: string;
            /** @description A day’s mail. */
            digest: boolean;
            /** Format: date-time */
            dueAt: string;
            finishedAt: string | null;
            /**
             * Format: uuid
             * @description The part of its `Message-ID` before the @.
             */
            id: string;
            lastError: string | null;
            /** @description What it tells, at most 50 of them. */
            notices: {
                exceptionId: string | null;
                /** @enum {string} */
                kind: "request_sent" | "decision_waits" | "step_approved" | "approved" | "denied" | "withdrawn" | "lapsed" | "became_active" | "expires_in_7_days" | "expires_in_1_day" | "expired" | "deactivated" | "handed_over" | "relieved" | "webhook_disabled" | "ticket_assigned" | "ticket_due_date_moved";
            }[];
            /** @description What the mail server answered when it took it. */
            receipt: string | null;
            recipient: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            /**
             * @description `refused`: the mail server takes it never. `given_up`: for days it did not. `dropped`: its recipient can receive no mail, or wants none of this kind; `lastError` says which.
             * @enum {string}
             */
            status: "waiting" | "sending" | "sent" | "refused" | "given_up" | "dropped";
        };
        MailTemplate: {
            /** @description Null: the product’s own. */
            edited: {
                /** Format: date-time */
                at: string;
                by: {
                    /** Format: uuid */
                    id: string;
                    name: string;
                };
            } | null;
            html: string;
            /** @enum {string} */
            kind: "request_sent" | "decision_waits" | "step_approved" | "approved" | "denied" | "withdrawn" | "lapsed" | "became_active" | "expires_in_7_days" | "expires_in_1_day" | "expired" | "deactivated" | "handed_over" | "relieved" | "webhook_disabled" | "ticket_assigned" | "ticket_due_date_moved";
            subject: string;
            text: string;
        };
        MailTemplateField: {
            description: string;
            name: string;
            /**
             * @description `flag`: yes or no, for `{{#if}}`. `lines`: several lines, for `{{#each}}` with `{{this}}`.
             * @enum {string}
             */
            type: "text" | "flag" | "lines";
        };
        Me: {
            email: string | null;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "person" | "service";
            name: string;
            /** @description Of the role, narrowed to the token’s where it has its own. */
            permissions: ("exceptions.request" | "exceptions.read" | "exceptions.export" | "instances.read" | "instances.publish" | "queries.write" | "rules.manage" | "users.manage" | "tickets.write" | "tickets.manage" | "operations.manage" | "audit.read")[];
            role: string;
        };
        NewException: {
            /** @description One of each step’s candidates, by step; null (or the whole list absent) where a step has one, or is assigned. Absent under Auto Pilot. */
            approvers?: (string | null)[];
            /** @description Files that you have uploaded, used by no other request. */
            evidenceIds?: string[];
            /** Format: uri */
            evidenceLink?: string;
            /** @description Days count from activation; a date runs to the end of that day in UTC; an instant is exclusive. A pending request whose end passes lapses. */
            expiration: {
                /** @constant */
                type: "never";
            } | {
                days: number;
                /** @constant */
                type: "days";
            } | {
                /** Format: date */
                date: string;
                /** @constant */
                type: "date";
            } | {
                /** Format: date-time */
                at: string;
                /** @constant */
                type: "at";
            };
            /** @description A query of its own; with `queryId`: what that was when it was shown. */
            expression?: string;
            justification: string;
            name: string;
            /**
             * Format: uuid
             * @description A saved query, which is copied; it stays free.
             */
            queryId?: string;
            /** @description Must be true. */
            riskAcknowledged: boolean;
            /** @description The version of the rule that the form showed. */
            ruleVersion?: number;
            useCase?: string;
        };
        NewTicket: {
            /** Format: date */
            dueDate?: string;
            /** @description A query over instances. */
            expression: string;
            /** Format: uuid */
            ownerId: string;
            title: string;
        };
        NewTicketException: {
            /** @description Files that you have uploaded, used by no other request. */
            evidenceIds?: string[];
            /** Format: uri */
            evidenceLink?: string;
            justification: string;
            /**
             * Format: date
             * @description After the due date and today, and within the longest deferral that the settings allow.
             */
            proposedDueDate: string;
            /** @description Must be true. */
            riskAcknowledged: boolean;
            /** @enum {string} */
            useCase: "technicalLimitation" | "fixUnavailable" | "unacceptableBusinessImpact" | "other";
        };
        NewWebhook: {
            /** Format: date-time */
            createdAt: string;
            createdBy: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            disabled: {
                /** Format: date-time */
                at: string;
                /**
                 * @description `failures`: nothing got through for days. `gone`: its receiver answered 410. `person`: somebody switched it off.
                 * @enum {string}
                 */
                because: "failures" | "gone" | "person";
            } | null;
            enabled: boolean;
            eventTypes: ("exception.submitted" | "exception.activated" | "exception.denied" | "exception.expired" | "exception.deactivated" | "exception.withdrawn" | "exception.lapsed" | "approval.opened" | "approval.step_approved" | "approval.approved" | "approval.denied" | "approval.withdrawn" | "approval.lapsed" | "approval.handed_over" | "ticket.opened" | "ticket.due_date_moved" | "ticket.done" | "ticket.reopened")[];
            /** @description Failures since something got through last. */
            failing: {
                failures: number;
                lastError: string;
                /** Format: date-time */
                since: string;
            } | null;
            /** Format: uuid */
            id: string;
            lastSuccessAt: string | null;
            name: string;
            /** @description `whsec_…`, shown this once; null where the same request was answered before. */
            secret: string | null;
            /** @description What signs, the newest first. The secrets themselves are shown once, when they are made. */
            secrets: {
                expiresAt: string | null;
                /** Format: date-time */
                madeAt: string;
            }[];
            url: string;
        };
        Notification: {
            /**
             * Format: date-time
             * @description When it happened.
             */
            at: string;
            /** @description Null for what is not told of an exception. */
            exceptionId: string | null;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "request_sent" | "decision_waits" | "step_approved" | "approved" | "denied" | "withdrawn" | "lapsed" | "became_active" | "expires_in_7_days" | "expires_in_1_day" | "expired" | "deactivated" | "handed_over" | "relieved" | "webhook_disabled" | "ticket_assigned" | "ticket_due_date_moved";
            readAt: string | null;
            /** @description What happened, in one line. */
            title: string;
            webhookId: string | null;
        };
        NotificationPreferences: {
            /** @description One mail a day of all that there is, instead of a mail for each. */
            digest: {
                enabled: boolean;
                /** @description In the time zone. */
                hour: number;
                /** @example Europe/Zurich */
                timeZone: string;
            };
            kinds: {
                [key: string]: {
                    inApp: boolean;
                    mail: boolean;
                };
            };
            /** @description Kinds that cannot be switched off: a request stands still until its approver knows. */
            required: ("request_sent" | "decision_waits" | "step_approved" | "approved" | "denied" | "withdrawn" | "lapsed" | "became_active" | "expires_in_7_days" | "expires_in_1_day" | "expired" | "deactivated" | "handed_over" | "relieved" | "webhook_disabled" | "ticket_assigned" | "ticket_due_date_moved")[];
        };
        /** @description RFC 9457. `code` is stable. */
        Problem: {
            /** @enum {string} */
            code: "MALFORMED" | "UNAUTHENTICATED" | "SIGN_IN_FAILED" | "NOT_PERMITTED" | "NOT_ALLOWED" | "CROSS_ORIGIN" | "NOT_FOUND" | "METHOD_NOT_ALLOWED" | "CONFLICT" | "PRECONDITION_FAILED" | "PAYLOAD_TOO_LARGE" | "UNSUPPORTED_MEDIA_TYPE" | "INVALID" | "IDEMPOTENCY_KEY_REUSED" | "PRECONDITION_REQUIRED" | "TOO_MANY_REQUESTS" | "INTERNAL" | "TRY_AGAIN" | "OUTCOME_UNKNOWN" | "EMAIL_TAKEN" | "NAME_TAKEN" | "ROLE_UNKNOWN" | "ROLE_IS_BUILT_IN" | "LAST_ADMIN" | "USER_UNKNOWN" | "RULE_CANNOT_BE_DELETED" | "ROLE_HAS_RULE" | "NO_RULE_FOR_ROLE" | "NO_ELIGIBLE_APPROVER" | "QUERY_INVALID" | "FEED_NOT_CONFIGURED" | "QUERY_IS_MANAGED" | "QUERY_UNKNOWN" | "FOLDER_RESERVED" | "ASSET_UNKNOWN" | "FORMAT_UNKNOWN" | "QUERY_CHANGED" | "RULE_CHANGED" | "APPROVER_NOT_CANDIDATE" | "EVIDENCE_UNKNOWN" | "WRONG_STATUS" | "NOT_YOUR_STEP" | "ALREADY_DECIDED" | "NO_REVIEWER" | "REQUEST_WAITS" | "DEFERRAL_ACTIVE" | "TOO_MANY_DEFERRALS" | "DEAD_LETTER_SETTLED" | "DEAD_LETTER_TOO_LARGE" | "TEMPLATE_INVALID" | "HOST_NOT_ALLOWED";
            detail: string;
            errors?: {
                column?: number;
                detail: string;
                line?: number;
                parameter?: string;
                /** @description JSON pointer into the body, or to the parameter by its name. */
                pointer: string;
            }[];
            status: number;
            title: string;
            traceId: string;
            type: string;
        };
        Query: {
            /** Format: uuid */
            exceptionId?: string;
            expression: string;
            folder: string;
            /** Format: uuid */
            id: string;
            /** @description The copy an exception was granted for: nobody can change it. */
            managed: boolean;
            name: string;
            owner: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            version: number;
        };
        Reconciliation: {
            /** @enum {string} */
            cause: "schedule" | "request";
            /** @description The first twenty. */
            examples: {
                /** Format: uuid */
                exceptionId: string;
                /** Format: uuid */
                instanceId: string;
                /** @enum {string} */
                what: "missing" | "surplus";
            }[];
            exceptions: number;
            finishedAt: string | null;
            /** Format: uuid */
            id: string;
            /** @description Looked at so far. */
            instances: number;
            /** @description Members that should have been there; they are now. */
            missing: number;
            /** Format: date-time */
            startedAt: string;
            /** @enum {string} */
            status: "running" | "done";
            /** @description Members that should not have been there; they are gone. */
            surplus: number;
        };
        Report: {
            /** @description The one it was sent for; null: those that it names. */
            asset: string | null;
            /** @description What this scanner no longer reports on the assets of the report. */
            closed: number;
            created: number;
            /** @description The first hundred. */
            errors: {
                code: string;
                detail: string;
                pointer: string | null;
            }[];
            finishedAt: string | null;
            format: ("cyclonedx" | "sarif" | "ocsf" | "grype" | "trivy" | "osv-scanner") | null;
            /** Format: uuid */
            id: string;
            /** @description Checks that passed, and what the scanner itself left out. */
            ignored: number;
            /** @description The same instance again, within the report. */
            merged: number;
            partial: boolean;
            /** @description Findings in it; the sum of the next six once it is done. */
            received: number;
            /** Format: date-time */
            receivedAt: string;
            rejected: number;
            scanner: string;
            /** @enum {string} */
            status: "processing" | "done" | "failed";
            unchanged: number;
            /** @description Reopened ones are among them. */
            updated: number;
        };
        RequestedException: {
            appliedSince: null;
            approval: {
                /** @constant */
                currentStep: 0;
                steps: {
                    approver: {
                        /** Format: uuid */
                        id: string;
                        name: string;
                    };
                    comment: null;
                    decidedAt: null;
                    decidedBy: null;
                    decision: null;
                    evidenceIds: string[];
                    /** @constant */
                    index: 0;
                }[];
                /** @constant */
                type: "reviewer";
            };
            approvers: {
                /** Format: uuid */
                id: string;
                name: string;
            }[];
            /** @constant */
            effect: "defer";
            ended: null;
            evidenceLink: string | null;
            expiration: {
                /** Format: date */
                date: string;
                /** @constant */
                type: "date";
            };
            /** Format: date-time */
            expiresAt: string;
            /** Format: uuid */
            id: string;
            inForce: null;
            instanceCount: number;
            justification: string;
            /** @constant */
            kind: "ticket";
            name: string;
            query: {
                expression: string;
                folder: string;
                /** Format: uuid */
                id: string;
                name: string;
            };
            /** Format: date-time */
            requestedAt: string;
            requestedBy: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            /** @constant */
            riskAcknowledged: true;
            rule: null;
            sourceQueryId: null;
            /** @constant */
            status: "pendingApproval";
            /** Format: uuid */
            ticketId: string;
            /** @enum {string} */
            useCase: "technicalLimitation" | "fixUnavailable" | "unacceptableBusinessImpact" | "other";
            /** @constant */
            version: 1;
            waitingFor: {
                /** Format: uuid */
                id: string;
                name: string;
            };
        };
        RequestForm: {
            instructions: string;
            /** Format: uuid */
            ruleId: string;
            ruleVersion: number;
            workflow: {
                /** @constant */
                type: "autoPilot";
            } | {
                steps: {
                    assigned: boolean;
                    candidates: {
                        /** Format: uuid */
                        id: string;
                        name: string;
                    }[];
                    index: number;
                }[];
                /** @constant */
                type: "approvers";
            };
        };
        Role: {
            /** @description Built-in roles cannot be changed. */
            builtIn: boolean;
            name: string;
            permissions: ("exceptions.request" | "exceptions.read" | "exceptions.export" | "instances.read" | "instances.publish" | "queries.write" | "rules.manage" | "users.manage" | "tickets.write" | "tickets.manage" | "operations.manage" | "audit.read")[];
        };
        Rule: {
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            editedAt: string;
            editedBy: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            /** Format: uuid */
            id: string;
            instructions: string;
            role: string;
            version: number;
            /** @description `autoPilot`: every request is approved at once. `approvers`: the steps decide in order, each by one person whom the requester chooses or conditions assign. */
            workflow: {
                /** @constant */
                type: "autoPilot";
            } | {
                steps: ({
                    /** @description Ids of users or groups, none twice in a step: the requester chooses one of these people. */
                    candidates: string[];
                } | {
                    /** @description Whom the first condition that holds names, or one of that group; never the requester. A rule whose reviewer has nobody left is passed over. Nobody left at all: 422 `NO_REVIEWER` on request. */
                    assigned: {
                        /**
                         * @description Of a group: who has the fewest requests waiting, or whose turn is longest ago.
                         * @default leastLoaded
                         * @enum {string}
                         */
                        fallbackChoice: "leastLoaded" | "roundRobin";
                        /**
                         * @description A user or a group.
                         * @default null
                         */
                        fallbackReviewerId: string | null;
                        reviewerRules: {
                            /**
                             * @description Of a group: who has the fewest requests waiting, or whose turn is longest ago.
                             * @default leastLoaded
                             * @enum {string}
                             */
                            choice: "leastLoaded" | "roundRobin";
                            name: string;
                            /**
                             * Format: uuid
                             * @description A user or a group.
                             */
                            reviewerId: string;
                            /** @description A condition in CEL over `GET /assignment-fields`. What is not known makes no condition hold. */
                            when: string;
                        }[];
                    };
                })[];
                /** @constant */
                type: "approvers";
            };
        };
        RuleCandidate: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @description Who is active behind it: 1 for a user. */
            people: number;
            /** @enum {string} */
            type: "user" | "group";
        };
        Session: {
            accessToken: string;
            /** Format: date-time */
            expiresAt: string;
            user: {
                /** Format: uuid */
                id: string;
                name: string;
                role: string;
            };
        };
        SigningKey: {
            /** Format: date-time */
            createdAt: string;
            kid: string;
            /** @description Nothing it signed is accepted from then on; null while its end is not known. */
            retiredAt: string | null;
            signs: boolean;
        };
        Ticket: {
            counts: {
                asOf: string | null;
                bySeverity: {
                    critical: number;
                    high: number;
                    low: number;
                    medium: number;
                    none: number;
                    unknown: number;
                };
                closed: number;
            };
            /** Format: date-time */
            createdAt: string;
            /** @description The exception in force. */
            deferredBy: string | null;
            doneAt: string | null;
            /** @description Overdue once that day is over in UTC. Null until the policy has something to go by. */
            dueDate: string | null;
            /**
             * @description Whether the policy governs it, or a date was given.
             * @enum {string}
             */
            dueDateBy: "policy" | "person";
            exceptions: {
                /** @description The reviewer rule that held; null: the fallback. */
                assignedBy: string | null;
                /** Format: uuid */
                id: string;
                /** Format: date */
                proposedDueDate: string;
                /** Format: date-time */
                requestedAt: string;
                requestedBy: {
                    /** Format: uuid */
                    id: string;
                    name: string;
                };
                reviewer: {
                    /** Format: uuid */
                    id: string;
                    name: string;
                };
                /** @enum {string} */
                status: "pendingApproval" | "active" | "denied" | "expired" | "deactivated" | "withdrawn";
                updates: components["schemas"]["TicketUpdate"][];
                /** @enum {string} */
                useCase: "technicalLimitation" | "fixUnavailable" | "unacceptableBusinessImpact" | "other";
            }[];
            expression: string;
            external: {
                key: string;
                source: string;
                url: string | null;
            } | null;
            /** @description What a grouping rule put together. */
            group: {
                /** @enum {string} */
                by: "ownerAndComponent" | "asset" | "vulnerability";
                key: {
                    [key: string]: string;
                };
                /** Format: uuid */
                ruleId: string;
            } | null;
            /** Format: uuid */
            id: string;
            /** @description Open instances that it has: how many are left. */
            instanceCount: number;
            originalDueDate: string | null;
            overdue: boolean;
            owner: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            /** @description The highest among them; null where it has none. */
            severity: ("critical" | "high" | "medium" | "low" | "none" | "unknown") | null;
            /** @enum {string} */
            status: "open" | "done";
            title: string;
            version: number;
            /** @description The exception that waits for its reviewer. */
            waitingRequest: string | null;
        };
        TicketExceptionSettings: {
            /**
             * @default leastLoaded
             * @enum {string}
             */
            fallbackChoice: "leastLoaded" | "roundRobin";
            /**
             * @description Who reviews where no rule does.
             * @default null
             */
            fallbackReviewerId: string | null;
            /**
             * @description The longest deferral, in days after the day it is asked for; null: any.
             * @default 90
             */
            maxDeferralDays: number | null;
            /**
             * @description How many deferrals may follow one another; null: any.
             * @default null
             */
            maxDeferralsInARow: number | null;
            /** @description Roles whose members may ask for an exception from a ticket of theirs. */
            requesterRoles: string[];
            /** @description In order: the first that holds, and whose reviewer has somebody left, assigns. */
            reviewerRules: {
                /**
                 * @description Who of a group: with the fewest that wait, or each in turn.
                 * @default leastLoaded
                 * @enum {string}
                 */
                choice: "leastLoaded" | "roundRobin";
                name: string;
                /**
                 * Format: uuid
                 * @description A user or a group.
                 */
                reviewerId: string;
                /** @description A condition in the query language over `ticket.severity`, `ticket.instanceCount`, `ticket.overdue`, `requester.role`, `requester.id`, `request.days`, `request.useCase`. */
                when: string;
            }[];
            version: number;
        };
        TicketUpdate: {
            /** @description Null where the system acted. */
            actor: {
                /** Format: uuid */
                id: string;
                name: string;
            } | null;
            /** Format: date-time */
            at: string;
            exceptionId: string | null;
            text: string;
            type: string;
        };
        Token: {
            /** Format: date-time */
            createdAt: string;
            /** Format: date-time */
            expiresAt: string;
            /** Format: uuid */
            id: string;
            name: string;
            /** @description Null: all that the owner may do. */
            permissions: ("exceptions.request" | "exceptions.read" | "exceptions.export" | "instances.read" | "instances.publish" | "queries.write" | "rules.manage" | "users.manage" | "tickets.write" | "tickets.manage" | "operations.manage" | "audit.read")[] | null;
            revokedAt: string | null;
            /** Format: uuid */
            userId: string;
        };
        UploadedEvidence: {
            /** Format: uuid */
            id: string;
            name: string;
            /** @description In hexadecimal. */
            sha256: string;
            /** @description Bytes. */
            size: number;
            /** @description The media type told by its content, whatever was said of it. */
            type: string;
        };
        User: {
            active: boolean;
            /** Format: date-time */
            createdAt: string;
            /** @description Null for a service user without one. */
            email: string | null;
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            kind: "person" | "service";
            name: string;
            role: string;
        };
        WaitingRequest: {
            /** @description At this time the request lapses. */
            endsAt: string | null;
            /** Format: uuid */
            exceptionId: string;
            instanceCount: number;
            name: string;
            /** Format: date-time */
            requestedAt: string;
            requestedBy: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            /** @description Index of the step that waits. */
            step: number;
            stepCount: number;
            /**
             * @description `reviewer`: asked for from a ticket, whose due date would move to the end of the request.
             * @enum {string}
             */
            type: "approvers" | "reviewer";
        };
        Webhook: {
            /** Format: date-time */
            createdAt: string;
            createdBy: {
                /** Format: uuid */
                id: string;
                name: string;
            };
            disabled: {
                /** Format: date-time */
                at: string;
                /**
                 * @description `failures`: nothing got through for days. `gone`: its receiver answered 410. `person`: somebody switched it off.
                 * @enum {string}
                 */
                because: "failures" | "gone" | "person";
            } | null;
            enabled: boolean;
            eventTypes: ("exception.submitted" | "exception.activated" | "exception.denied" | "exception.expired" | "exception.deactivated" | "exception.withdrawn" | "exception.lapsed" | "approval.opened" | "approval.step_approved" | "approval.approved" | "approval.denied" | "approval.withdrawn" | "approval.lapsed" | "approval.handed_over" | "ticket.opened" | "ticket.due_date_moved" | "ticket.done" | "ticket.reopened")[];
            /** @description Failures since something got through last. */
            failing: {
                failures: number;
                lastError: string;
                /** Format: date-time */
                since: string;
            } | null;
            /** Format: uuid */
            id: string;
            lastSuccessAt: string | null;
            name: string;
            /** @description What signs, the newest first. The secrets themselves are shown once, when they are made. */
            secrets: {
                expiresAt: string | null;
                /** Format: date-time */
                madeAt: string;
            }[];
            url: string;
        };
        WebhookDelivery: {
            attempts: number;
            /** Format: date-time */
            createdAt: string;
            finishedAt: string | null;
            /**
             * Format: uuid
             * @description The `webhook-id` of every attempt.
             */
            id: string;
            lastAttemptAt: string | null;
            lastError: string | null;
            nextAttemptAt: string | null;
            /** @description Of the last answer; null where there was none. */
            responseStatus: number | null;
            /**
             * @description `dropped`: the webhook was disabled before it got through.
             * @enum {string}
             */
            status: "waiting" | "sending" | "delivered" | "given_up" | "dropped";
            type: string;
        };
        WebhookHosts: {
            /** @description Names or addresses, without port: `hooks.corp.example`, `10.1.2.3`, `[fd00::1]`. */
            hosts: string[];
        };
    };
    responses: {
        /**
         * @description `ALREADY_DECIDED`: It has been decided.
         *
         *     `CONFLICT`: The current state forbids this.
         *
         *     `WRONG_STATUS`: The status forbids this.
         */
        "ALREADY_DECIDED.CONFLICT.WRONG_STATUS": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `ALREADY_DECIDED`: It has been decided.
         *
         *     `WRONG_STATUS`: The status forbids this.
         */
        "ALREADY_DECIDED.WRONG_STATUS": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `APPROVER_NOT_CANDIDATE`: An approver is no candidate of the step.
         *
         *     `EVIDENCE_UNKNOWN`: There is no such evidence.
         *
         *     `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         *
         *     `NO_ELIGIBLE_APPROVER`: Nobody is left to decide a step.
         *
         *     `NO_REVIEWER`: Nobody is left to review.
         *
         *     `QUERY_INVALID`: The query is wrong.
         *
         *     `QUERY_UNKNOWN`: There is no such query.
         */
        "APPROVER_NOT_CANDIDATE.EVIDENCE_UNKNOWN.IDEMPOTENCY_KEY_REUSED.INVALID.NO_ELIGIBLE_APPROVER.NO_REVIEWER.QUERY_INVALID.QUERY_UNKNOWN": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `APPROVER_NOT_CANDIDATE`: An approver is no candidate of the step.
         *
         *     `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         */
        "APPROVER_NOT_CANDIDATE.IDEMPOTENCY_KEY_REUSED.INVALID": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `ASSET_UNKNOWN`: The report names no asset.
         *
         *     `FORMAT_UNKNOWN`: The report has no format that is read here.
         *
         *     `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         */
        "ASSET_UNKNOWN.FORMAT_UNKNOWN.IDEMPOTENCY_KEY_REUSED": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `CONFLICT`: The current state forbids this. */
        CONFLICT: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `CONFLICT`: The current state forbids this.
         *
         *     `WRONG_STATUS`: The status forbids this.
         */
        "CONFLICT.WRONG_STATUS": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `CROSS_ORIGIN`: The request comes from another site. */
        CROSS_ORIGIN: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `CROSS_ORIGIN`: The request comes from another site.
         *
         *     `NOT_ALLOWED`: You may not do this to this one.
         */
        "CROSS_ORIGIN.NOT_ALLOWED": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `CROSS_ORIGIN`: The request comes from another site.
         *
         *     `NOT_ALLOWED`: You may not do this to this one.
         *
         *     `NOT_PERMITTED`: You may not do this.
         */
        "CROSS_ORIGIN.NOT_ALLOWED.NOT_PERMITTED": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `CROSS_ORIGIN`: The request comes from another site.
         *
         *     `NOT_ALLOWED`: You may not do this to this one.
         *
         *     `NOT_PERMITTED`: You may not do this.
         *
         *     `NOT_YOUR_STEP`: The step in effect is not yours.
         */
        "CROSS_ORIGIN.NOT_ALLOWED.NOT_PERMITTED.NOT_YOUR_STEP": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `CROSS_ORIGIN`: The request comes from another site.
         *
         *     `NOT_PERMITTED`: You may not do this.
         */
        "CROSS_ORIGIN.NOT_PERMITTED": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `CROSS_ORIGIN`: The request comes from another site.
         *
         *     `NOT_PERMITTED`: You may not do this.
         *
         *     `NO_RULE_FOR_ROLE`: There is no rule for your role.
         */
        "CROSS_ORIGIN.NOT_PERMITTED.NO_RULE_FOR_ROLE": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `DEAD_LETTER_SETTLED`: The dead letter waits for nothing. */
        DEAD_LETTER_SETTLED: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `DEAD_LETTER_TOO_LARGE`: The record is too large to be redriven.
         *
         *     `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         */
        "DEAD_LETTER_TOO_LARGE.IDEMPOTENCY_KEY_REUSED.INVALID": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `DEFERRAL_ACTIVE`: A deferral is in force.
         *
         *     `REQUEST_WAITS`: A request waits already.
         *
         *     `WRONG_STATUS`: The status forbids this.
         */
        "DEFERRAL_ACTIVE.REQUEST_WAITS.WRONG_STATUS": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `EMAIL_TAKEN`: Somebody has this email address. */
        EMAIL_TAKEN: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `EMAIL_TAKEN`: Somebody has this email address.
         *
         *     `LAST_ADMIN`: Nobody would be left to administer.
         */
        "EMAIL_TAKEN.LAST_ADMIN": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `EVIDENCE_UNKNOWN`: There is no such evidence.
         *
         *     `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         *
         *     `NO_REVIEWER`: Nobody is left to review.
         *
         *     `TOO_MANY_DEFERRALS`: It was deferred too often.
         */
        "EVIDENCE_UNKNOWN.IDEMPOTENCY_KEY_REUSED.INVALID.NO_REVIEWER.TOO_MANY_DEFERRALS": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `FEED_NOT_CONFIGURED`: It is not configured where this feed comes from. */
        FEED_NOT_CONFIGURED: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `FOLDER_RESERVED`: The folder is reserved.
         *
         *     `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         *
         *     `QUERY_INVALID`: The query is wrong.
         */
        "FOLDER_RESERVED.IDEMPOTENCY_KEY_REUSED.INVALID.QUERY_INVALID": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `HOST_NOT_ALLOWED`: Nothing is delivered to this host.
         *
         *     `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         */
        "HOST_NOT_ALLOWED.IDEMPOTENCY_KEY_REUSED.INVALID": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request. */
        IDEMPOTENCY_KEY_REUSED: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         */
        "IDEMPOTENCY_KEY_REUSED.INVALID": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         *
         *     `NO_REVIEWER`: Nobody is left to review.
         *
         *     `QUERY_INVALID`: The query is wrong.
         *
         *     `QUERY_UNKNOWN`: There is no such query.
         */
        "IDEMPOTENCY_KEY_REUSED.INVALID.NO_REVIEWER.QUERY_INVALID.QUERY_UNKNOWN": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         *
         *     `NO_REVIEWER`: Nobody is left to review.
         *
         *     `USER_UNKNOWN`: There is no such user.
         */
        "IDEMPOTENCY_KEY_REUSED.INVALID.NO_REVIEWER.USER_UNKNOWN": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         *
         *     `QUERY_INVALID`: The query is wrong.
         */
        "IDEMPOTENCY_KEY_REUSED.INVALID.QUERY_INVALID": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         *
         *     `QUERY_INVALID`: The query is wrong.
         *
         *     `ROLE_UNKNOWN`: There is no such role.
         *
         *     `USER_UNKNOWN`: There is no such user.
         */
        "IDEMPOTENCY_KEY_REUSED.INVALID.QUERY_INVALID.ROLE_UNKNOWN.USER_UNKNOWN": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         *
         *     `QUERY_INVALID`: The query is wrong.
         *
         *     `USER_UNKNOWN`: There is no such user.
         */
        "IDEMPOTENCY_KEY_REUSED.INVALID.QUERY_INVALID.USER_UNKNOWN": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         *
         *     `ROLE_UNKNOWN`: There is no such role.
         */
        "IDEMPOTENCY_KEY_REUSED.INVALID.ROLE_UNKNOWN": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         *
         *     `ROLE_UNKNOWN`: There is no such role.
         *
         *     `USER_UNKNOWN`: There is no such user.
         */
        "IDEMPOTENCY_KEY_REUSED.INVALID.ROLE_UNKNOWN.USER_UNKNOWN": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         *
         *     `TEMPLATE_INVALID`: The template is wrong.
         */
        "IDEMPOTENCY_KEY_REUSED.INVALID.TEMPLATE_INVALID": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `IDEMPOTENCY_KEY_REUSED`: The idempotency key was used for another request.
         *
         *     `INVALID`: Something in the request is wrong.
         *
         *     `USER_UNKNOWN`: There is no such user.
         */
        "IDEMPOTENCY_KEY_REUSED.INVALID.USER_UNKNOWN": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `INVALID`: Something in the request is wrong. */
        INVALID: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `MALFORMED`: The request is malformed. */
        MALFORMED: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `NAME_TAKEN`: The name is taken. */
        NAME_TAKEN: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `NOT_ALLOWED`: You may not do this to this one. */
        NOT_ALLOWED: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `NOT_ALLOWED`: You may not do this to this one.
         *
         *     `NOT_PERMITTED`: You may not do this.
         */
        "NOT_ALLOWED.NOT_PERMITTED": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `NOT_FOUND`: There is no such thing. */
        NOT_FOUND: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `NOT_PERMITTED`: You may not do this. */
        NOT_PERMITTED: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `NOT_PERMITTED`: You may not do this.
         *
         *     `NO_RULE_FOR_ROLE`: There is no rule for your role.
         */
        "NOT_PERMITTED.NO_RULE_FOR_ROLE": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `NOT_PERMITTED`: You may not do this.
         *
         *     `NOT_YOUR_STEP`: The step in effect is not yours.
         */
        "NOT_PERMITTED.NOT_YOUR_STEP": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `OUTCOME_UNKNOWN`: It is not known whether this was done. */
        OUTCOME_UNKNOWN: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `PAYLOAD_TOO_LARGE`: The body is too large. */
        PAYLOAD_TOO_LARGE: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `PRECONDITION_FAILED`: It has changed since you read it. */
        PRECONDITION_FAILED: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `PRECONDITION_REQUIRED`: If-Match is missing. */
        PRECONDITION_REQUIRED: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `QUERY_CHANGED`: The query has changed.
         *
         *     `RULE_CHANGED`: The rule has changed.
         */
        "QUERY_CHANGED.RULE_CHANGED": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `QUERY_INVALID`: The query is wrong. */
        QUERY_INVALID: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `QUERY_IS_MANAGED`: A managed query cannot be changed. */
        QUERY_IS_MANAGED: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `REQUEST_WAITS`: A request waits already.
         *
         *     `WRONG_STATUS`: The status forbids this.
         */
        "REQUEST_WAITS.WRONG_STATUS": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `ROLE_HAS_RULE`: The role has a rule. */
        ROLE_HAS_RULE: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `ROLE_IS_BUILT_IN`: A built-in role cannot be changed. */
        ROLE_IS_BUILT_IN: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `RULE_CANNOT_BE_DELETED`: Rules are never deleted. */
        RULE_CANNOT_BE_DELETED: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `SIGN_IN_FAILED`: The email address or the password is wrong. */
        SIGN_IN_FAILED: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description `SIGN_IN_FAILED`: The email address or the password is wrong.
         *
         *     `UNAUTHENTICATED`: Sign in first.
         */
        "SIGN_IN_FAILED.UNAUTHENTICATED": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `TOO_MANY_REQUESTS`: Too many requests. */
        TOO_MANY_REQUESTS: {
            headers: {
                /** @description Seconds. */
                "retry-after": string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `TRY_AGAIN`: Not available at the moment. */
        TRY_AGAIN: {
            headers: {
                /** @description Seconds. */
                "retry-after": string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `UNAUTHENTICATED`: Sign in first. */
        UNAUTHENTICATED: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `UNSUPPORTED_MEDIA_TYPE`: The body has a type that is not read here. */
        UNSUPPORTED_MEDIA_TYPE: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description `WRONG_STATUS`: The status forbids this. */
        WRONG_STATUS: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    getKeySet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        keys: {
                            alg: string;
                            crv: string;
                            kid: string;
                            kty: string;
                            use: string;
                            x: string;
                        }[];
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    listWaitingApprovals: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Of `requestedAt`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                waitingFor?: "me";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["WaitingRequest"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_ALLOWED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    decide: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                exceptionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description A denial needs one. */
                    comment?: string;
                    /** @enum {string} */
                    decision: "approve" | "deny";
                    /** @description Index of the step that you were shown, so that a repeated click does not decide the next one. */
                    step?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED.NOT_PERMITTED.NOT_YOUR_STEP"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["ALREADY_DECIDED.WRONG_STATUS"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    handOverStep: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                exceptionId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                    /** @description Index of the step. */
                    step: number;
                    /** Format: uuid */
                    toUserId: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED.NOT_PERMITTED.NOT_YOUR_STEP"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["ALREADY_DECIDED.CONFLICT.WRONG_STATUS"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["APPROVER_NOT_CANDIDATE.IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listHandOverCandidates: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                exceptionId: string;
                step: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HandOverCandidates"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED.NOT_YOUR_STEP"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["ALREADY_DECIDED.WRONG_STATUS"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    listAssignmentFields: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AssignmentField"][];
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Who did it: ids of users, or `system`. */
                actor?: (string | "system")[];
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                from?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Of `at`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                /** @description Ids of what was changed; a role by its name. */
                subject?: string[];
                /** @description Exclusive. */
                to?: string;
                type?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["AuditEntry"][];
                        nextCursor: string | null;
                    };
                    "text/csv": string;
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    verifyAudit: {
        parameters: {
            query?: {
                /** @description The position verified last; from the beginning without it. */
                after?: number;
                /** @description How many at most; 100000 without it. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AuditVerification"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    listDeadLetters: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                service?: string[];
                /** @description Of `failedAt`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                state?: ("dead" | "redriven" | "discarded")[];
                topic?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["DeadLetterSummary"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    readDeadLetter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetter"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    discardDeadLetter: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterSummary"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["DEAD_LETTER_SETTLED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    redriveDeadLetter: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterSummary"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["DEAD_LETTER_SETTLED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["DEAD_LETTER_TOO_LARGE.IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    diagnose_approvals: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    diagnose_audit: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    diagnose_directory: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    diagnose_exceptions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    diagnose_notifications: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    diagnose_rules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    diagnose_scope: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    diagnose_tickets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Diagnosis"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    listen: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    uploadEvidence: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description At most 26230784 bytes, streamed. */
        requestBody: {
            content: {
                "multipart/form-data": {
                    /**
                     * Format: binary
                     * @description At most 26214400 bytes.
                     */
                    file: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedEvidence"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            409: components["responses"]["CONFLICT"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listExceptions: {
        parameters: {
            query?: {
                /** @description Who holds any of its steps: ids of users, or `me`. Given several times: any of them. */
                approver?: (string | "me")[];
                /** @description The table as it was at this time; a day is its beginning in UTC. An instant, or a day’s beginning in UTC. */
                asOf?: string;
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description Ends at this time or later; those without an end are left out. An instant, or a day’s beginning in UTC. */
                expiresAfter?: string;
                /** @description Ends before this time. An instant, or a day’s beginning in UTC. */
                expiresBefore?: string;
                /** @description All that the filters select as a file, streamed; `limit` and `cursor` mean nothing then. */
                export?: "csv" | "json";
                /** @description Given several times: any of them. */
                kind?: ("query" | "ticket")[];
                /** @description How many at most. */
                limit?: number;
                minInstances?: number;
                /** @description From this time on. An instant, or a day’s beginning in UTC. */
                requestedAfter?: string;
                /** @description Before this time. An instant, or a day’s beginning in UTC. */
                requestedBefore?: string;
                /** @description Who requested it: ids of users, or `me`. Given several times: any of them. */
                requestedBy?: (string | "me")[];
                /** @description Of `name`, `status`, `expiresAt`, `appliedSince`, `requestedAt`, `requestedBy`, `instanceCount`, `waitingFor`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                /** @description Given several times: any of them. */
                status?: ("pendingApproval" | "active" | "denied" | "expired" | "deactivated" | "withdrawn")[];
                /** @description A part of its name, its requester’s name or its justification, in any case; of one or two letters: of words that begin so. */
                text?: string[];
                /** @description The ticket it was requested from. */
                ticketId?: string[];
                /** @description Whose step is in effect: ids of users, or `me`. Given several times: any of them. */
                waitingFor?: (string | "me")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Exception"][];
                        nextCursor: string | null;
                    } | components["schemas"]["Exception"][];
                    "text/csv": string;
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    requestException: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewException"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Exception"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED.NO_RULE_FOR_ROLE"];
            409: components["responses"]["QUERY_CHANGED.RULE_CHANGED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["APPROVER_NOT_CANDIDATE.EVIDENCE_UNKNOWN.IDEMPOTENCY_KEY_REUSED.INVALID.NO_ELIGIBLE_APPROVER.NO_REVIEWER.QUERY_INVALID.QUERY_UNKNOWN"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    readException: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Exception"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_ALLOWED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    listExceptionComments: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Of `at`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["ExceptionComment"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_ALLOWED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    commentOnException: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    text: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExceptionComment"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    deactivateException: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    reason: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Exception"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["WRONG_STATUS"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listEvidence: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Of `addedAt`, `name`, `size`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Evidence"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_ALLOWED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    addEvidence: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        /** @description At most 26230784 bytes, streamed. */
        requestBody: {
            content: {
                "multipart/form-data": {
                    /**
                     * Format: binary
                     * @description At most 26214400 bytes.
                     */
                    file: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Evidence"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["CONFLICT.WRONG_STATUS"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    readEvidence: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                fileId: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_ALLOWED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    readExceptionHistory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ExceptionChange"][];
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_ALLOWED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    listExceptionInstances: {
        parameters: {
            query?: {
                asOf?: string;
                /** @description `covered`: out of dashboards by an exception. `deferred`: not overdue by one. `uncovered`: all but the covered ones; what dashboards and workflows read. */
                coverage?: "all" | "covered" | "uncovered" | "deferred";
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description A query: `severity == "critical" && kev`. */
                filter?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Of `severity`, `cvss`, `epss`, `firstSeen`, `asset.name`, `vulnerability`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                status?: "open" | "closed" | "all";
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description All changes of exceptions up to this time are in the answer; null where none were heard of. */
                        asOf: string | null;
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Instance"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_ALLOWED"];
            404: components["responses"]["NOT_FOUND"];
            422: components["responses"]["QUERY_INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    withdrawException: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    reason?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Approval"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["WRONG_STATUS"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    previewApprovers: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApproversDryRun"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        approval: {
                            steps: {
                                /** @description Null where you choose. */
                                approver: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                } | null;
                                /** @description By which rule (null: the fallback). Null where you choose. */
                                assigned: {
                                    rule: string | null;
                                } | null;
                                index: number;
                            }[];
                            /** @enum {string} */
                            type: "autoPilot" | "approvers";
                        };
                        rule: {
                            /** Format: uuid */
                            id: string;
                            version: number;
                        };
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED.NO_RULE_FOR_ROLE"];
            409: components["responses"]["QUERY_CHANGED.RULE_CHANGED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.NO_REVIEWER.QUERY_INVALID.QUERY_UNKNOWN"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    putExternalTicket: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                key: string;
                source: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date */
                    dueDate?: string;
                    /** @description A query over instances. */
                    expression: string;
                    /** Format: uuid */
                    ownerId: string;
                    /** @enum {string} */
                    status?: "open" | "done";
                    title: string;
                    /**
                     * Format: uri
                     * @description Where people open it there.
                     */
                    url?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["DEFERRAL_ACTIVE.REQUEST_WAITS.WRONG_STATUS"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.QUERY_INVALID.USER_UNKNOWN"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listFeeds: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: {
                            configured: boolean;
                            lastTake: components["schemas"]["FeedTake"] | null;
                            /** @enum {string} */
                            name: "kev" | "epss" | "nvd";
                            /** @description What is in use; null until it was taken for the first time. */
                            taken: {
                                /** Format: date-time */
                                at: string;
                                /** Format: date-time */
                                dated: string;
                                entries: number;
                            } | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    takeFeed: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                name: "kev" | "epss" | "nvd";
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FeedTake"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["FEED_NOT_CONFIGURED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listFields: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: {
                            description: string;
                            name: string;
                            /** @enum {string} */
                            type: "string" | "list of string" | "double" | "int" | "bool" | "timestamp";
                            /** @description All it can have, where they are few and fixed. */
                            values?: string[];
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    listGroups: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Groups that this user is a member of. */
                member?: string;
                /** @description Of `name`, `createdAt`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                /** @description Part of the name, in any case. */
                text?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Group"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    createGroup: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default [] */
                    members?: string[];
                    name: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            409: components["responses"]["NAME_TAKEN"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.USER_UNKNOWN"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    getGroup: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    changeGroup: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
                /** @description The ETag that was read. */
                "if-match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    members?: string[];
                    name?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["NAME_TAKEN"];
            412: components["responses"]["PRECONDITION_FAILED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.USER_UNKNOWN"];
            428: components["responses"]["PRECONDITION_REQUIRED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listInstances: {
        parameters: {
            query?: {
                /** @description What was covered, deferred and open at that time, as far back as ended membership is kept (`MEMBERSHIP_KEPT_DAYS`). All else is told as it is now. */
                asOf?: string;
                /** @description `covered`: out of dashboards by an exception. `deferred`: not overdue by one. `uncovered`: all but the covered ones; what dashboards and workflows read. */
                coverage?: "all" | "covered" | "uncovered" | "deferred";
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description A query: `severity == "critical" && kev`. */
                filter?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Of `severity`, `cvss`, `epss`, `firstSeen`, `asset.name`, `vulnerability`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                status?: "open" | "closed" | "all";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description All changes of exceptions up to this time are in the answer; null where none were heard of. */
                        asOf: string | null;
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Instance"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            422: components["responses"]["QUERY_INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    readInstance: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description All its ids, the canonical one among them. */
                        aliases: string[];
                        /** @description All changes of exceptions up to this time are in the answer; null where none were heard of. */
                        asOf: string | null;
                        asset: {
                            businessUnit: string | null;
                            criticality: string | null;
                            environment: string | null;
                            exposure: string | null;
                            id: string;
                            name: string;
                            os: string | null;
                            owner: string | null;
                            tags: string[] | null;
                            /** @enum {string} */
                            type: "host" | "container" | "image" | "repository" | "cloudResource" | "application" | "unknown";
                        };
                        attributions: {
                            closedAt: string | null;
                            componentVersion: string | null;
                            cvss: number | null;
                            cvssVector: string | null;
                            epss: number | null;
                            /** Format: date-time */
                            firstSeen: string;
                            fixAvailable: boolean | null;
                            fixedVersions: string[];
                            kev: boolean | null;
                            /** Format: date-time */
                            lastSeen: string;
                            location: string | null;
                            scanId: string;
                            scanner: string;
                            scannerSeverity: string | null;
                            /** @enum {string} */
                            severity: "critical" | "high" | "medium" | "low" | "none" | "unknown";
                            /** @enum {string} */
                            status: "open" | "closed";
                            /** @description Marked so by the report itself; for information. */
                            suppressed: boolean;
                            title: string | null;
                        }[];
                        closedAt: string | null;
                        component: {
                            name: string | null;
                            purl: string | null;
                            version: string | null;
                        };
                        /** @description Exceptions in force that suppress it. */
                        coveredBy: string[];
                        cvss: number | null;
                        /** @description Exceptions in force that defer it. */
                        deferredBy: string[];
                        description: string | null;
                        epss: number | null;
                        /** Format: date-time */
                        firstSeen: string;
                        fixAvailable: boolean | null;
                        /** Format: uuid */
                        id: string;
                        kev: boolean | null;
                        /** Format: date-time */
                        lastSeen: string;
                        link: string | null;
                        location: string | null;
                        port: number | null;
                        /**
                         * @description The highest that a scanner reporting it now gives.
                         * @enum {string}
                         */
                        severity: "critical" | "high" | "medium" | "low" | "none" | "unknown";
                        /** @enum {string} */
                        status: "open" | "closed";
                        title: string | null;
                        /** @description Its canonical id: the CVE where there is one. */
                        vulnerability: string;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    readCoverage: {
        parameters: {
            query?: {
                /** @description Only what covered it at that time. */
                asOf?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description The parts of the query that hold; of what covers it no longer, those that held when it began. */
                        because: string[];
                        /** @enum {string} */
                        effect: "suppress" | "defer";
                        /** Format: uuid */
                        exceptionId: string;
                        exceptionName: string;
                        /** Format: date-time */
                        from: string;
                        /** @description Exclusive; null where no end is known. */
                        to: string | null;
                    }[];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    listInstanceTickets: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: uuid */
                            ticketId: string;
                        }[];
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    publishInstances: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description At most 67108864 bytes, streamed. */
        requestBody: {
            content: {
                "application/json": unknown;
                "application/jsonl": unknown;
                "application/x-ndjson": unknown;
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        accepted: number;
                        /** @description The first hundred. */
                        errors: {
                            detail: string;
                            /** @description From 1. */
                            line: number;
                        }[];
                        rejected: number;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listMailTemplates: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description What a template can name. */
                        fields: components["schemas"]["MailTemplateField"][];
                        items: components["schemas"]["MailTemplate"][];
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    getMailTemplate: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                kind: "request_sent" | "decision_waits" | "step_approved" | "approved" | "denied" | "withdrawn" | "lapsed" | "became_active" | "expires_in_7_days" | "expires_in_1_day" | "expired" | "deactivated" | "handed_over" | "relieved" | "webhook_disabled" | "ticket_assigned" | "ticket_due_date_moved";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailTemplate"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    putMailTemplate: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
                /** @description The ETag that was read. */
                "if-match": string;
            };
            path: {
                kind: "request_sent" | "decision_waits" | "step_approved" | "approved" | "denied" | "withdrawn" | "lapsed" | "became_active" | "expires_in_7_days" | "expires_in_1_day" | "expired" | "deactivated" | "handed_over" | "relieved" | "webhook_disabled" | "ticket_assigned" | "ticket_due_date_moved";
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Passed over. */
                    edited?: unknown;
                    html: string;
                    /** @description Passed over, so that what was read can be sent back. */
                    kind?: unknown;
                    subject: string;
                    text: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MailTemplate"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            412: components["responses"]["PRECONDITION_FAILED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.TEMPLATE_INVALID"];
            428: components["responses"]["PRECONDITION_REQUIRED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    deleteMailTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                kind: "request_sent" | "decision_waits" | "step_approved" | "approved" | "denied" | "withdrawn" | "lapsed" | "became_active" | "expires_in_7_days" | "expires_in_1_day" | "expired" | "deactivated" | "handed_over" | "relieved" | "webhook_disabled" | "ticket_assigned" | "ticket_due_date_moved";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    previewMailTemplate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                kind: "request_sent" | "decision_waits" | "step_approved" | "approved" | "denied" | "withdrawn" | "lapsed" | "became_active" | "expires_in_7_days" | "expires_in_1_day" | "expired" | "deactivated" | "handed_over" | "relieved" | "webhook_disabled" | "ticket_assigned" | "ticket_due_date_moved";
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    html?: string;
                    subject?: string;
                    text?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        html: string;
                        subject: string;
                        text: string;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.TEMPLATE_INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listMails: {
        parameters: {
            query?: {
                createdAfter?: string;
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                exceptionId?: string[];
                kind?: ("request_sent" | "decision_waits" | "step_approved" | "approved" | "denied" | "withdrawn" | "lapsed" | "became_active" | "expires_in_7_days" | "expires_in_1_day" | "expired" | "deactivated" | "handed_over" | "relieved" | "webhook_disabled" | "ticket_assigned" | "ticket_due_date_moved")[];
                /** @description How many at most. */
                limit?: number;
                recipientId?: string[];
                /** @description Of `createdAt`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                status?: ("waiting" | "sending" | "sent" | "refused" | "given_up" | "dropped")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Mail"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    getMe: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    listMyNotifications: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                exceptionId?: string[];
                kind?: ("request_sent" | "decision_waits" | "step_approved" | "approved" | "denied" | "withdrawn" | "lapsed" | "became_active" | "expires_in_7_days" | "expires_in_1_day" | "expired" | "deactivated" | "handed_over" | "relieved" | "webhook_disabled" | "ticket_assigned" | "ticket_due_date_moved")[];
                /** @description How many at most. */
                limit?: number;
                /** @description Of `at`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                /** @description Only those that are not read yet, or only those that are. */
                unread?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Notification"][];
                        nextCursor: string | null;
                        /** @description How many of all of them are not read yet, whatever is asked for here. */
                        unread: {
                            exact: boolean;
                            value: number;
                        };
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_ALLOWED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    markMyNotifications: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    ids?: string[];
                    read: boolean;
                    /** Format: date-time */
                    until?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        changed: number;
                        unread: {
                            exact: boolean;
                            value: number;
                        };
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    changeOwnPassword: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    currentPassword: string;
                    newPassword: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["SIGN_IN_FAILED.UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    getMyPreferences: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationPreferences"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_ALLOWED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    putMyPreferences: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
                /** @description The ETag that was read. */
                "if-match": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description One mail a day of all that there is, instead of a mail for each.
                     * @default {
                     *       "enabled": false,
                     *       "hour": 8,
                     *       "timeZone": "UTC"
                     *     }
                     */
                    digest?: {
                        enabled: boolean;
                        /** @description In the time zone. */
                        hour: number;
                        /** @example Europe/Zurich */
                        timeZone: string;
                    };
                    /** @default {} */
                    kinds?: {
                        [key: string]: {
                            inApp: boolean;
                            mail: boolean;
                        };
                    };
                    /** @description Passed over, so that what was read can be sent back. */
                    required?: unknown;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NotificationPreferences"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED"];
            412: components["responses"]["PRECONDITION_FAILED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            428: components["responses"]["PRECONDITION_REQUIRED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listQueries: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description In one of these folders. */
                folder?: string[];
                /** @description How many at most. */
                limit?: number;
                managed?: boolean;
                /** @description Of `name`, `folder`, `changedAt`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                /** @description A part of the name, in any case. */
                text?: string[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Query"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    createQuery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    expression: string;
                    /** @default  */
                    folder?: string;
                    name: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Query"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["FOLDER_RESERVED.IDEMPOTENCY_KEY_REUSED.INVALID.QUERY_INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    readQuery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Query"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    deleteQuery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["QUERY_IS_MANAGED"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    editQuery: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
                /** @description The ETag that was read. */
                "if-match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    expression?: string;
                    folder?: string;
                    name?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Query"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["QUERY_IS_MANAGED"];
            412: components["responses"]["PRECONDITION_FAILED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["FOLDER_RESERVED.IDEMPOTENCY_KEY_REUSED.INVALID.QUERY_INVALID"];
            428: components["responses"]["PRECONDITION_REQUIRED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    previewQuery: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    expression: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description On so many assets. */
                        assets: {
                            exact: boolean;
                            value: number;
                        };
                        bySeverity: {
                            critical: {
                                exact: boolean;
                                value: number;
                            };
                            high: {
                                exact: boolean;
                                value: number;
                            };
                            low: {
                                exact: boolean;
                                value: number;
                            };
                            medium: {
                                exact: boolean;
                                value: number;
                            };
                            none: {
                                exact: boolean;
                                value: number;
                            };
                            unknown: {
                                exact: boolean;
                                value: number;
                            };
                        };
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        /** @description Of them, known to be exploited. */
                        kev: {
                            exact: boolean;
                            value: number;
                        };
                        /** @description Other exceptions, pending or in force, that select some of them. */
                        overlaps: {
                            count: {
                                exact: boolean;
                                value: number;
                            };
                            /** Format: uuid */
                            exceptionId: string;
                            name: string;
                            status: string;
                        }[];
                        /** @description Of so many owners. */
                        owners: {
                            exact: boolean;
                            value: number;
                        };
                        /** @description Some of them, the worst first. */
                        sample: components["schemas"]["Instance"][];
                        topOwners: {
                            count: {
                                exact: boolean;
                                value: number;
                            };
                            owner: string;
                        }[];
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.QUERY_INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listReconciliations: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Of `startedAt`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                status?: ("running" | "done")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Reconciliation"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    startReconciliation: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reconciliation"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listReports: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                scanner?: string[];
                /** @description Of `receivedAt`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                status?: ("processing" | "done" | "failed")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Report"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    uploadReport: {
        parameters: {
            query: {
                /** @description The asset it is about: wins over the one it names. */
                asset?: string;
                /** @description Only a part of a scan: nothing is closed. */
                partial?: boolean;
                /** @description The name by which its findings are attributed. */
                scanner: string;
            };
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description At most 268435456 bytes, streamed. */
        requestBody: {
            content: {
                "application/json": unknown;
                "application/octet-stream": unknown;
                "application/sarif+json": unknown;
                "application/vnd.cyclonedx+json": unknown;
                "application/x-ndjson": unknown;
            };
        };
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["ASSET_UNKNOWN.FORMAT_UNKNOWN.IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    readReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_ALLOWED.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    republish_approvals_v1: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        published: number;
                        topic: string;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    republish_coverage_v1: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        published: number;
                        topic: string;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    republish_directory_v1: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        published: number;
                        topic: string;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    republish_exceptions_v1: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        published: number;
                        topic: string;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    republish_rules_v1: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        published: number;
                        topic: string;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    republish_scope_v1: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        published: number;
                        topic: string;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    "republish_ticket-counts_v1": {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        published: number;
                        topic: string;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    republish_tickets_v1: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        published: number;
                        topic: string;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    getRequestForm: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestForm"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED.NO_RULE_FOR_ROLE"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    listRoles: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Of `name`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                /** @description Part of the name, in any case. */
                text?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Role"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    createRole: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    name: string;
                    /** @description Each counts once; the order says nothing. */
                    permissions: ("exceptions.request" | "exceptions.read" | "exceptions.export" | "instances.read" | "instances.publish" | "queries.write" | "rules.manage" | "users.manage" | "tickets.write" | "tickets.manage" | "operations.manage" | "audit.read")[];
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED.NOT_PERMITTED"];
            409: components["responses"]["NAME_TAKEN"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    getRole: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    changeRole: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
                /** @description The ETag that was read. */
                "if-match": string;
            };
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Each counts once; the order says nothing. */
                    permissions: ("exceptions.request" | "exceptions.read" | "exceptions.export" | "instances.read" | "instances.publish" | "queries.write" | "rules.manage" | "users.manage" | "tickets.write" | "tickets.manage" | "operations.manage" | "audit.read")[];
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Role"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["ROLE_IS_BUILT_IN"];
            412: components["responses"]["PRECONDITION_FAILED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            428: components["responses"]["PRECONDITION_REQUIRED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listRuleCandidates: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Of `name`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                /** @description Part of the name or address, in any case. */
                text?: string;
                type?: ("user" | "group")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["RuleCandidate"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    listRules: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                role?: string[];
                /** @description Of `role`, `createdAt`, `editedAt`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                workflow?: ("autoPilot" | "approvers")[];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Rule"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    createRule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description Shown on the request form.
                     * @default
                     */
                    instructions?: string;
                    role: string;
                    /** @description `autoPilot`: every request is approved at once. `approvers`: the steps decide in order, each by one person whom the requester chooses or conditions assign. */
                    workflow: {
                        /** @constant */
                        type: "autoPilot";
                    } | {
                        steps: ({
                            /** @description Ids of users or groups, none twice in a step: the requester chooses one of these people. */
                            candidates: string[];
                        } | {
                            /** @description Whom the first condition that holds names, or one of that group; never the requester. A rule whose reviewer has nobody left is passed over. Nobody left at all: 422 `NO_REVIEWER` on request. */
                            assigned: {
                                /**
                                 * @description Of a group: who has the fewest requests waiting, or whose turn is longest ago.
                                 * @default leastLoaded
                                 * @enum {string}
                                 */
                                fallbackChoice?: "leastLoaded" | "roundRobin";
                                /**
                                 * @description A user or a group.
                                 * @default null
                                 */
                                fallbackReviewerId?: string | null;
                                reviewerRules: {
                                    /**
                                     * @description Of a group: who has the fewest requests waiting, or whose turn is longest ago.
                                     * @default leastLoaded
                                     * @enum {string}
                                     */
                                    choice?: "leastLoaded" | "roundRobin";
                                    name: string;
                                    /**
                                     * Format: uuid
                                     * @description A user or a group.
                                     */
                                    reviewerId: string;
                                    /** @description A condition in CEL over `GET /assignment-fields`. What is not known makes no condition hold. */
                                    when: string;
                                }[];
                            };
                        })[];
                        /** @constant */
                        type: "approvers";
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rule"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            409: components["responses"]["ROLE_HAS_RULE"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.ROLE_UNKNOWN.USER_UNKNOWN"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    getRule: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rule"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    editRule: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
                /** @description The ETag that was read. */
                "if-match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    createdAt?: unknown;
                    editedAt?: unknown;
                    editedBy?: unknown;
                    id?: unknown;
                    /**
                     * @description Shown on the request form.
                     * @default
                     */
                    instructions?: string;
                    /** @description A rule stays with its role: if given, the same. */
                    role?: string;
                    version?: unknown;
                    /** @description `autoPilot`: every request is approved at once. `approvers`: the steps decide in order, each by one person whom the requester chooses or conditions assign. */
                    workflow: {
                        /** @constant */
                        type: "autoPilot";
                    } | {
                        steps: ({
                            /** @description Ids of users or groups, none twice in a step: the requester chooses one of these people. */
                            candidates: string[];
                        } | {
                            /** @description Whom the first condition that holds names, or one of that group; never the requester. A rule whose reviewer has nobody left is passed over. Nobody left at all: 422 `NO_REVIEWER` on request. */
                            assigned: {
                                /**
                                 * @description Of a group: who has the fewest requests waiting, or whose turn is longest ago.
                                 * @default leastLoaded
                                 * @enum {string}
                                 */
                                fallbackChoice?: "leastLoaded" | "roundRobin";
                                /**
                                 * @description A user or a group.
                                 * @default null
                                 */
                                fallbackReviewerId?: string | null;
                                reviewerRules: {
                                    /**
                                     * @description Of a group: who has the fewest requests waiting, or whose turn is longest ago.
                                     * @default leastLoaded
                                     * @enum {string}
                                     */
                                    choice?: "leastLoaded" | "roundRobin";
                                    name: string;
                                    /**
                                     * Format: uuid
                                     * @description A user or a group.
                                     */
                                    reviewerId: string;
                                    /** @description A condition in CEL over `GET /assignment-fields`. What is not known makes no condition hold. */
                                    when: string;
                                }[];
                            };
                        })[];
                        /** @constant */
                        type: "approvers";
                    };
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Rule"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            412: components["responses"]["PRECONDITION_FAILED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.USER_UNKNOWN"];
            428: components["responses"]["PRECONDITION_REQUIRED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    deleteRule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            405: components["responses"]["RULE_CANNOT_BE_DELETED"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listRuleVersions: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Of `version`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Rule"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    listScans: {
        parameters: {
            query?: {
                assetId?: string[];
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description `open`: not completed yet. `whole`: all arrived; what was not reported any more was closed. `incomplete`: something is missing or was rejected; nothing was closed. `superseded`: a later one was whole before. */
                outcome?: ("open" | "whole" | "incomplete" | "superseded")[];
                scanId?: string[];
                scanner?: string[];
                /** @description Of `startedAt`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: {
                            announced: number | null;
                            arrived: number;
                            asset: {
                                id: string;
                                name: string;
                            };
                            closed: number;
                            completedAt: string | null;
                            /** @enum {string} */
                            outcome: "open" | "whole" | "incomplete" | "superseded";
                            rejected: number;
                            reportId: string | null;
                            scanId: string;
                            scanner: string;
                            /** Format: date-time */
                            startedAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    signIn: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    email: string;
                    password: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["SIGN_IN_FAILED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    signOut: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN"];
            409: components["responses"]["CONFLICT"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    noteSessionUse: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    readDueDatePolicy: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DueDatePolicy"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    saveDueDatePolicy: {
        parameters: {
            query?: {
                dryRun?: boolean;
            };
            header: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
                /** @description The ETag that was read. */
                "if-match": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description By the criticality of the asset. */
                    criticality: {
                        /** @description Days after the first sighting; null: no due date from this. */
                        critical: number | null;
                        /** @description Days after the first sighting; null: no due date from this. */
                        high: number | null;
                        /** @description Days after the first sighting; null: no due date from this. */
                        low: number | null;
                        /** @description Days after the first sighting; null: no due date from this. */
                        medium: number | null;
                    };
                    /** @description For what is in the catalogue of known exploited vulnerabilities. */
                    kev: number | null;
                    /** @description By severity. */
                    severity: {
                        /** @description Days after the first sighting; null: no due date from this. */
                        critical: number | null;
                        /** @description Days after the first sighting; null: no due date from this. */
                        high: number | null;
                        /** @description Days after the first sighting; null: no due date from this. */
                        low: number | null;
                        /** @description Days after the first sighting; null: no due date from this. */
                        medium: number | null;
                        /** @description Days after the first sighting; null: no due date from this. */
                        none: number | null;
                        /** @description Days after the first sighting; null: no due date from this. */
                        unknown: number | null;
                    };
                    version?: unknown;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description By the criticality of the asset. */
                        criticality: {
                            /** @description Days after the first sighting; null: no due date from this. */
                            critical: number | null;
                            /** @description Days after the first sighting; null: no due date from this. */
                            high: number | null;
                            /** @description Days after the first sighting; null: no due date from this. */
                            low: number | null;
                            /** @description Days after the first sighting; null: no due date from this. */
                            medium: number | null;
                        };
                        /** @description For what is in the catalogue of known exploited vulnerabilities. */
                        kev: number | null;
                        /** @description By severity. */
                        severity: {
                            /** @description Days after the first sighting; null: no due date from this. */
                            critical: number | null;
                            /** @description Days after the first sighting; null: no due date from this. */
                            high: number | null;
                            /** @description Days after the first sighting; null: no due date from this. */
                            low: number | null;
                            /** @description Days after the first sighting; null: no due date from this. */
                            medium: number | null;
                            /** @description Days after the first sighting; null: no due date from this. */
                            none: number | null;
                            /** @description Days after the first sighting; null: no due date from this. */
                            unknown: number | null;
                        };
                        version: number;
                        wouldMove?: {
                            count: {
                                exact: boolean;
                                value: number;
                            };
                            /** @description The first 200. */
                            tickets: {
                                dueDate: string | null;
                                /** Format: uuid */
                                id: string;
                                /** Format: date */
                                newDueDate: string;
                                title: string;
                            }[];
                        };
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            412: components["responses"]["PRECONDITION_FAILED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            428: components["responses"]["PRECONDITION_REQUIRED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    readExceptionSettings: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TicketExceptionSettings"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    saveExceptionSettings: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
                /** @description The ETag that was read. */
                "if-match": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @default leastLoaded
                     * @enum {string}
                     */
                    fallbackChoice?: "leastLoaded" | "roundRobin";
                    /**
                     * @description Who reviews where no rule does.
                     * @default null
                     */
                    fallbackReviewerId?: string | null;
                    /**
                     * @description The longest deferral, in days after the day it is asked for; null: any.
                     * @default 90
                     */
                    maxDeferralDays?: number | null;
                    /**
                     * @description How many deferrals may follow one another; null: any.
                     * @default null
                     */
                    maxDeferralsInARow?: number | null;
                    /** @description Roles whose members may ask for an exception from a ticket of theirs. */
                    requesterRoles: string[];
                    /** @description In order: the first that holds, and whose reviewer has somebody left, assigns. */
                    reviewerRules: {
                        /**
                         * @description Who of a group: with the fewest that wait, or each in turn.
                         * @default leastLoaded
                         * @enum {string}
                         */
                        choice?: "leastLoaded" | "roundRobin";
                        name: string;
                        /**
                         * Format: uuid
                         * @description A user or a group.
                         */
                        reviewerId: string;
                        /** @description A condition in the query language over `ticket.severity`, `ticket.instanceCount`, `ticket.overdue`, `requester.role`, `requester.id`, `request.days`, `request.useCase`. */
                        when: string;
                    }[];
                    version?: unknown;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TicketExceptionSettings"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            412: components["responses"]["PRECONDITION_FAILED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.QUERY_INVALID.ROLE_UNKNOWN.USER_UNKNOWN"];
            428: components["responses"]["PRECONDITION_REQUIRED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    tryReviewerRules: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** Format: date */
                    proposedDueDate: string;
                    /** Format: uuid */
                    requesterId: string;
                    /** Format: uuid */
                    ticketId: string;
                    /**
                     * @description Without it conditions on the use case do not hold.
                     * @enum {string}
                     */
                    useCase?: "technicalLimitation" | "fixUnavailable" | "unacceptableBusinessImpact" | "other";
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        reviewer: {
                            /** Format: uuid */
                            id: string;
                            name: string;
                        };
                        /** @description The name of the rule that holds; null: the fallback. */
                        rule: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.NO_REVIEWER.USER_UNKNOWN"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listGroupingRules: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["GroupingRule"][];
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    createGroupingRule: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    by: "ownerAndComponent" | "asset" | "vulnerability";
                    /**
                     * @description Switched off it opens no more tickets; those it opened stay.
                     * @default true
                     */
                    enabled?: boolean;
                    /**
                     * @description A query over instances: only these are grouped. Empty: all of them.
                     * @default
                     */
                    filter?: string;
                    name: string;
                    /**
                     * Format: uuid
                     * @description Who owns a ticket whose group’s owner is nobody here.
                     */
                    ownerId: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupingRule"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            409: components["responses"]["NAME_TAKEN"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.QUERY_INVALID.USER_UNKNOWN"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    editGroupingRule: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
                /** @description The ETag that was read. */
                "if-match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Switched off it opens no more tickets; those it opened stay. */
                    enabled?: boolean;
                    /** @description A query over instances: only these are grouped. Empty: all of them. */
                    filter?: string;
                    name?: string;
                    /**
                     * Format: uuid
                     * @description Who owns a ticket whose group’s owner is nobody here.
                     */
                    ownerId?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupingRule"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["NAME_TAKEN"];
            412: components["responses"]["PRECONDITION_FAILED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.QUERY_INVALID.USER_UNKNOWN"];
            428: components["responses"]["PRECONDITION_REQUIRED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listSigningKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["SigningKey"][];
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    makeSigningKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SigningKey"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    retireSigningKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                kid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    readSummary: {
        parameters: {
            query?: {
                /** @description A query: `severity == "critical" && kev`. */
                filter?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description All changes of exceptions up to this time are in the answer; null where none were heard of. */
                        asOf: string | null;
                        covered: {
                            critical: number;
                            high: number;
                            low: number;
                            medium: number;
                            none: number;
                            unknown: number;
                        };
                        deferred: {
                            critical: number;
                            high: number;
                            low: number;
                            medium: number;
                            none: number;
                            unknown: number;
                        };
                        /** @description By status. */
                        exceptions: {
                            [key: string]: number;
                        };
                        open: {
                            critical: number;
                            high: number;
                            low: number;
                            medium: number;
                            none: number;
                            unknown: number;
                        };
                        /** @description Past a due date and not deferred; none while nothing has a due date. */
                        overdue: {
                            critical: number;
                            high: number;
                            low: number;
                            medium: number;
                            none: number;
                            unknown: number;
                        };
                        uncovered: {
                            critical: number;
                            high: number;
                            low: number;
                            medium: number;
                            none: number;
                            unknown: number;
                        };
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            422: components["responses"]["QUERY_INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    readSummaryHistory: {
        parameters: {
            query?: {
                /** @description How far back from now. */
                days?: number;
                /** @description By `hour` 31 days at most. */
                step?: "hour" | "day";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: {
                            /** Format: date-time */
                            at: string;
                            covered: {
                                critical: number;
                                high: number;
                                low: number;
                                medium: number;
                                none: number;
                                unknown: number;
                            };
                            deferred: {
                                critical: number;
                                high: number;
                                low: number;
                                medium: number;
                                none: number;
                                unknown: number;
                            };
                            open: {
                                critical: number;
                                high: number;
                                low: number;
                                medium: number;
                                none: number;
                                unknown: number;
                            };
                        }[];
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    listTickets: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description Whether an exception of it is in force. */
                deferred?: boolean;
                /** @description Due on this day or later. */
                dueAfter?: string;
                /** @description Due before this day. */
                dueBefore?: string;
                /** @description The grouping rule that opened them. */
                groupingRuleId?: string[];
                /** @description How many at most. */
                limit?: number;
                overdue?: boolean;
                /** @description Whose they are: ids of users, or `me`. */
                ownerId?: (string | "me")[];
                /** @description The highest severity among its open instances. */
                severity?: ("critical" | "high" | "medium" | "low" | "none" | "unknown")[];
                /** @description Of `dueDate`, `title`, `owner`, `status`, `severity`, `instanceCount`, `createdAt`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                /** @description The other system that keeps them. */
                source?: string[];
                /** @description Given several times: any of them. */
                status?: ("open" | "done")[];
                /** @description A part of the title, in any case; of one or two letters: of words that begin so. */
                text?: string[];
                /** @description Whether a request of it waits for its reviewer. */
                waiting?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Ticket"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    createTicket: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTicket"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.QUERY_INVALID.USER_UNKNOWN"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    readTicket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_ALLOWED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    editTicket: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
                /** @description The ETag that was read. */
                "if-match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * Format: date
                     * @description From then on it is this ticket’s own: the policy leaves it alone.
                     */
                    dueDate?: string;
                    /** @description A query over instances. */
                    expression?: string;
                    /** Format: uuid */
                    ownerId?: string;
                    /** @description Why the due date moves; kept with the move. */
                    reason?: string;
                    /** @enum {string} */
                    status?: "open" | "done";
                    title?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["DEFERRAL_ACTIVE.REQUEST_WAITS.WRONG_STATUS"];
            412: components["responses"]["PRECONDITION_FAILED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.QUERY_INVALID.USER_UNKNOWN"];
            428: components["responses"]["PRECONDITION_REQUIRED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    requestExceptionFromTicket: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTicketException"];
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RequestedException"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["REQUEST_WAITS.WRONG_STATUS"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["EVIDENCE_UNKNOWN.IDEMPOTENCY_KEY_REUSED.INVALID.NO_REVIEWER.TOO_MANY_DEFERRALS"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listTicketUpdates: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Of `at`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["TicketUpdate"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_ALLOWED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    listTokens: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Of `createdAt`, `expiresAt`, `name`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                /** @description Default: the caller. */
                userId?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Token"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_ALLOWED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    createToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: date-time
                     * @description At most 366 days from now.
                     */
                    expiresAt: string;
                    name: string;
                    /** @description Each counts once; the order says nothing. */
                    permissions?: ("exceptions.request" | "exceptions.read" | "exceptions.export" | "instances.read" | "instances.publish" | "queries.write" | "rules.manage" | "users.manage" | "tickets.write" | "tickets.manage" | "operations.manage" | "audit.read")[];
                    /**
                     * Format: uuid
                     * @description A service user. Default: the caller.
                     */
                    userId?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        createdAt: string;
                        /** Format: date-time */
                        expiresAt: string;
                        /** Format: uuid */
                        id: string;
                        name: string;
                        /** @description Null: all that the owner may do. */
                        permissions: ("exceptions.request" | "exceptions.read" | "exceptions.export" | "instances.read" | "instances.publish" | "queries.write" | "rules.manage" | "users.manage" | "tickets.write" | "tickets.manage" | "operations.manage" | "audit.read")[] | null;
                        revokedAt: string | null;
                        /** @description Null in the repeated answer to an Idempotency-Key: it is kept nowhere. */
                        token: string | null;
                        /** Format: uuid */
                        userId: string;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.USER_UNKNOWN"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    revokeToken: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN"];
            404: components["responses"]["NOT_FOUND"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                active?: boolean;
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description Members of this group. */
                group?: string;
                kind?: ("person" | "service")[];
                /** @description How many at most. */
                limit?: number;
                role?: string[];
                /** @description Of `name`, `email`, `role`, `createdAt`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                /** @description Part of the name or address, in any case. */
                text?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["User"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    createUser: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @default true */
                    active?: boolean;
                    /** Format: email */
                    email?: string;
                    /**
                     * @default person
                     * @enum {string}
                     */
                    kind?: "person" | "service";
                    name: string;
                    password?: string;
                    role: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED.NOT_PERMITTED"];
            409: components["responses"]["EMAIL_TAKEN"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.ROLE_UNKNOWN"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    changeUser: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
                /** @description The ETag that was read. */
                "if-match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    active?: boolean;
                    /** Format: email */
                    email?: string;
                    name?: string;
                    password?: string;
                    role?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_ALLOWED.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            409: components["responses"]["EMAIL_TAKEN.LAST_ADMIN"];
            412: components["responses"]["PRECONDITION_FAILED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID.ROLE_UNKNOWN"];
            428: components["responses"]["PRECONDITION_REQUIRED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    getWebhookHosts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookHosts"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    putWebhookHosts: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
                /** @description The ETag that was read. */
                "if-match": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookHosts"];
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookHosts"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            412: components["responses"]["PRECONDITION_FAILED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            428: components["responses"]["PRECONDITION_REQUIRED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                enabled?: boolean;
                /** @description How many at most. */
                limit?: number;
                /** @description Of `name`, `createdAt`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["Webhook"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description If absent, all. */
                    eventTypes?: ("exception.submitted" | "exception.activated" | "exception.denied" | "exception.expired" | "exception.deactivated" | "exception.withdrawn" | "exception.lapsed" | "approval.opened" | "approval.step_approved" | "approval.approved" | "approval.denied" | "approval.withdrawn" | "approval.lapsed" | "approval.handed_over" | "ticket.opened" | "ticket.due_date_moved" | "ticket.done" | "ticket.reopened")[];
                    /** @description If absent, the host. */
                    name?: string;
                    /** Format: uri */
                    url: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewWebhook"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            409: components["responses"]["CONFLICT"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["HOST_NOT_ALLOWED.IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    editWebhook: {
        parameters: {
            query?: never;
            header: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
                /** @description The ETag that was read. */
                "if-match": string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    enabled?: boolean;
                    eventTypes?: ("exception.submitted" | "exception.activated" | "exception.denied" | "exception.expired" | "exception.deactivated" | "exception.withdrawn" | "exception.lapsed" | "approval.opened" | "approval.step_approved" | "approval.approved" | "approval.denied" | "approval.withdrawn" | "approval.lapsed" | "approval.handed_over" | "ticket.opened" | "ticket.due_date_moved" | "ticket.done" | "ticket.reopened")[];
                    name?: string;
                    /** Format: uri */
                    url?: string;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Webhook"];
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            412: components["responses"]["PRECONDITION_FAILED"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["HOST_NOT_ALLOWED.IDEMPOTENCY_KEY_REUSED.INVALID"];
            428: components["responses"]["PRECONDITION_REQUIRED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    listWebhookDeliveries: {
        parameters: {
            query?: {
                /** @description `nextCursor` of the page before, with the same `sort`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Of `createdAt`; several with commas, descending with `-` before it. What is missing comes last. */
                sort?: string;
                status?: ("waiting" | "sending" | "delivered" | "given_up" | "dropped")[];
                type?: string[];
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        count: {
                            exact: boolean;
                            value: number;
                        };
                        items: components["schemas"]["WebhookDelivery"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
        };
    };
    pingWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Done. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: uuid */
                        deliveryId: string;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
    rotateWebhookSecret: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes repeating safe: the same key and body get the stored answer for 24 h. */
                "idempotency-key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description 0 ends it at once.
                     * @default 24
                     */
                    previousValidForHours?: number;
                };
            };
        };
        responses: {
            /** @description Done. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** Format: date-time */
                        previousExpiresAt: string;
                        /** @description `whsec_…`, shown this once; null where the same request was answered before. */
                        secret: string | null;
                    };
                };
            };
            400: components["responses"]["MALFORMED"];
            401: components["responses"]["UNAUTHENTICATED"];
            403: components["responses"]["CROSS_ORIGIN.NOT_PERMITTED"];
            404: components["responses"]["NOT_FOUND"];
            413: components["responses"]["PAYLOAD_TOO_LARGE"];
            415: components["responses"]["UNSUPPORTED_MEDIA_TYPE"];
            422: components["responses"]["IDEMPOTENCY_KEY_REUSED.INVALID"];
            429: components["responses"]["TOO_MANY_REQUESTS"];
            503: components["responses"]["TRY_AGAIN"];
            504: components["responses"]["OUTCOME_UNKNOWN"];
        };
    };
}
