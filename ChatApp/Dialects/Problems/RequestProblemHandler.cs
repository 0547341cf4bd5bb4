using ChatApp.Data;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Diagnostics;

namespace ChatApp.Dialects.Problems;

/// <summary>Turns what a request's handler threw into its answer. Nothing of an unexpected exception reaches the client.</summary>
internal sealed partial class RequestProblemHandler(ILogger<RequestProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        var problem = exception switch
        {
            RequestProblem p => p,
            BadHttpRequestException bad => BadRequests.Explain(bad),
            _ => BadRequests.Find(exception, context.Request.HasFormContentType),
        };
        if (problem is null)
        {
            // A person gets a page, for which the framework runs the pipeline again.
            if (context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null)
                return false;
            LogUnexpected(exception, context.Request.Method, context.Request.Path, context.TraceIdentifier);
            problem = StorageFaults.IsUnavailable(exception)
                ? new RequestProblem(503, "storage_unavailable", "The database takes nothing just now, so nothing was changed. Try again.") { RetryAfter = TimeSpan.FromSeconds(2) }
                : new RequestProblem(500, "internal_error", "Something went wrong on the server. Its log has more under this request id.");
        }
        await ProblemDetailsWriter.WriteAsync(context, problem);
        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed unexpectedly; request id {RequestId}.")]
    private partial void LogUnexpected(Exception exception, string method, string path, string requestId);
}
