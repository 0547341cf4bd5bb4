using ChatApp.Conversations;
using ChatApp.Data;
using ChatApp.Data.Entities;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace ChatApp.Tests.Conversations;

public sealed class SharingTests(LibraryApp app) : LibraryTest(app)
{
    private Sharing Sharing => Get<Sharing>();

    [Fact]
    public async Task Share_ShowsTheBranchUpToItsMessage_AndNothingLater()
    {
        var conversation = await CreateAsync("Ours");
        var question = await SayAsync(conversation.Id, "Why?");
        await SayAsync(conversation.Id, "Another branch", question, MessageRole.Assistant);
        var answer = await SayAsync(conversation.Id, "Because.", question, MessageRole.Assistant);
        var share = await Sharing.CreateAsync(Ada, conversation.Id, null, default);
        await SayAsync(conversation.Id, "A secret", answer);

        var seen = await Sharing.FindAsync(Token(share!), default);

        Assert.Equal("Ours", seen!.Title);
        Assert.Equal(["Why?", "Because."], seen.Messages.Select(m => m.Content));
        Assert.Equal(share, await Sharing.CreateAsync(Ada, conversation.Id, answer, default));
        Assert.Equal(22, Token(share!).Length);
    }

    [Fact]
    public async Task Share_ManyAtOnce_MakeOneLink()
    {
        var conversation = await CreateAsync();
        await SayAsync(conversation.Id, "Why?");
        var shares = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Sharing.CreateAsync(Ada, conversation.Id, null, default))));
        Assert.Single(shares.Distinct());
    }

    [Fact]
    public async Task Share_OfAnAnswerThatBrokeOff_TellsIt()
    {
        var conversation = await CreateAsync();
        var answer = await SayAsync(conversation.Id, "Half of", await SayAsync(conversation.Id, "Why?"), MessageRole.Assistant);
        await QueryAsync(db => db.Messages.Where(m => m.Id == answer).ExecuteUpdateAsync(set => set.SetProperty(m => m.Status, MessageStatus.Interrupted)));
        var share = (await Sharing.CreateAsync(Ada, conversation.Id, null, default))!;

        Assert.Equal([MessageStatus.Completed, MessageStatus.Interrupted], (await Sharing.FindAsync(Token(share), default))!.Messages.Select(m => m.Status));
    }

    [Fact]
    public async Task Share_RevokedOrDiscardedOrDeleted_ShowsNothing()
    {
        var conversation = await CreateAsync();
        await SayAsync(conversation.Id, "Why?");
        var share = (await Sharing.CreateAsync(Ada, conversation.Id, null, default))!;
        var edits = Get<ConversationEdits>();

        await edits.DiscardAsync(Ada, conversation.Id, default);
        Assert.Null(await Sharing.FindAsync(Token(share), default));
        Assert.Empty(await Sharing.ListAsync(Ada, null, default));
        await edits.RestoreAsync(Ada, conversation.Id, default);
        Assert.NotNull(await Sharing.FindAsync(Token(share), default));

        Assert.False(await Sharing.RevokeAsync(Bob, null, share.Id, default));
        Assert.False(await Sharing.RevokeAsync(Ada, Guid.NewGuid(), share.Id, default));
        Assert.True(await Sharing.RevokeAsync(Ada, conversation.Id, share.Id, default));
        Assert.Null(await Sharing.FindAsync(Token(share), default));

        await Sharing.CreateAsync(Ada, conversation.Id, null, default);
        await edits.DeleteAsync(Ada, conversation.Id, default);
        Assert.Equal(0, await QueryAsync(db => db.Shares.CountAsync(s => s.OwnerId == Ada.Id)));
    }

    [Fact]
    public async Task Share_OfAClosedAccount_ShowsNothing()
    {
        var conversation = await CreateAsync();
        await SayAsync(conversation.Id, "Why?");
        var share = (await Sharing.CreateAsync(Ada, conversation.Id, null, default))!;

        await CloseAsync(Time.GetUtcNow().UtcDateTime);
        Assert.Null(await Sharing.FindAsync(Token(share), default));

        await CloseAsync(null);
        Assert.NotNull(await Sharing.FindAsync(Token(share), default));

        Task<int> CloseAsync(DateTime? at) => QueryAsync(db => db.Users.Where(u => u.Id == Ada.Id).ExecuteUpdateAsync(set => set.SetProperty(u => u.DisabledAt, at)));
    }

    [Fact]
    public async Task Share_WhatCantBeShared_SaysWhy()
    {
        var conversation = await CreateAsync();
        var elsewhere = await SayAsync((await CreateAsync()).Id, "Elsewhere");
        Assert.Equal("message_id", await FieldAsync(conversation.Id, null));
        var streaming = await SayAsync(conversation.Id, "");
        await QueryAsync(db => db.Messages.Where(m => m.Id == streaming).ExecuteUpdateAsync(set => set.SetProperty(m => m.Status, MessageStatus.Streaming)));
        Assert.Equal("message_id", await FieldAsync(conversation.Id, null));
        Assert.Equal("message_id", await FieldAsync(conversation.Id, elsewhere));
        Assert.Null(await Sharing.CreateAsync(Bob, conversation.Id, null, default));
        await QueryAsync(db => db.Conversations.ExecuteUpdateAsync(set => set.SetProperty(c => c.IsTemporary, true)));
        Assert.Equal("id", await FieldAsync(conversation.Id, null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("unknown")]
    [InlineData("%")]
    public async Task Find_UnknownToken_IsNothing(string token) => Assert.Null(await Sharing.FindAsync(token, default));

    private async Task<string?> FieldAsync(Guid conversation, Guid? message) =>
        (await Assert.ThrowsAsync<RequestProblem>(() => Sharing.CreateAsync(Ada, conversation, message, default))).Field;

    private static string Token(ShareView share) => share.Path["/share/".Length..];
}
