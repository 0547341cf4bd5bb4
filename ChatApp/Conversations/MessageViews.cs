using ChatApp.Data;
using ChatApp.Data.Entities;
using ChatApp.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatApp.Conversations;

/// <summary>Messages as their owner sees them, from the rows of a path (<see cref="MessagePath"/>).</summary>
internal static class MessageViews
{
    /// <summary>In no order.</summary>
    public static async Task<List<MessageView>> ReadAsync(ChatDbContext db, CurrentUser caller, IQueryable<Message> path, CancellationToken cancellationToken)
    {
        var rows = await (
            from message in path
            join run in db.Runs on message.RunId equals run.Id into runs
            from run in runs.DefaultIfEmpty()
            join feedback in db.MessageFeedback.Where(f => f.AccountId == caller.Id) on message.Id equals feedback.MessageId into feedbacks
            from feedback in feedbacks.DefaultIfEmpty()
            select new
            {
                View = new MessageView(
                    message.Id, message.ConversationId, message.ParentId, message.Role, message.Status, message.Content, message.Reasoning, message.RunId,
                    run.Agent, run.Model, run.FinishReason, run.ErrorCode, run.ErrorMessage, message.CreatedAt)
                {
                    AuthorId = message.AuthorId, AuthorName = message.AuthorName, IsGood = feedback == null ? null : feedback.IsGood,
                    HasToolCalls = message.ToolCalls != null,
                },
                run.FirstTokenAt,
            }).ToListAsync(cancellationToken);
        var attachments = (await (
            from a in db.MessageAttachments
            join message in path on a.MessageId equals message.Id
            join f in db.Files on a.FileId equals f.Id into files
            from f in files.DefaultIfEmpty()
            orderby a.Position
            select new { a.MessageId, View = new AttachmentView(a.FileId, f.Name, f.MediaType, a.Url) { Size = f == null ? null : f.Size } }).ToListAsync(cancellationToken))
            .ToLookup(a => a.MessageId, a => a.View);
        return rows.ConvertAll(r => r.View with
        {
            Attachments = attachments.Contains(r.View.Id) ? [.. attachments[r.View.Id]] : null,
            UntilText = r.FirstTokenAt - r.View.CreatedAt,
        });
    }
}
